"""Messages of pipermail archives become posts and replies; senders are hashes, addresses are never kept."""

import gzip
import hashlib
import random
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.errors import BadInput
from jobs.ingest.contract import Account, Interaction, Post, Truncated
from jobs.ingest.networks.mailinglist import list_name, own_words, read_rows

SEPARATOR = "From ann @end|ng |rom ex@mp|e@org  Tue Jan  1 14:00:00 2030\n"
ANN = "From: ann @end|ng |rom ex@mp|e@org (Ann Example)"
NOON = "Date: Tue, 1 Jan 2030 13:00:00 +0100 (CET)"
AT_NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def message(number: int, *headers: str, body: str = "Words.\n", sender: str = ANN, date: str = NOON) -> str:
    """One message of an archive, its Message-ID made from the number."""
    lines = [sender, date, *headers, f"Message-ID: <{number}@mail.example>"]
    return SEPARATOR + "\n".join(lines) + f"\n\n{body}\n\n"


def archive(folder: Path, *messages: str | bytes) -> Path:
    path = folder / "2030-January.txt.gz"
    path.write_bytes(gzip.compress(b"".join(m if isinstance(m, bytes) else m.encode() for m in messages)))
    return path


def rows_of(folder: Path, *messages: str | bytes) -> list:
    return list(read_rows(archive(folder, *messages), "garden-talk/2030-January.txt.gz"))


def one_of(row, kind: type):
    """The only record of a kind in a row."""
    [record] = [record for record in row.records if isinstance(record, kind)]
    return record


def key_of(local_part: str, host: str) -> str:
    """The account id of an address that is folded already."""
    return hashlib.sha256(f"{local_part} {host}".encode()).hexdigest()[:16]


def test_a_message_is_an_account_and_a_post_of_its_list(tmp_path):
    [row] = rows_of(tmp_path, message(1, "Subject: [Garden-Talk] Which soil?"))
    ann = key_of("@@@", "ex@mp|e@org")
    assert (row.number, row.row_key, row.event_at) == (1, "message:1@mail.example", AT_NOON)
    assert row.records == (
        Account(ann, "Ann Example"),
        Post("1@mail.example", ann, AT_NOON, "Which soil?\nWords.", ("garden-talk",)),
    )


def test_a_reply_names_the_message_that_it_answers(tmp_path):
    headers = ("In-Reply-To: <1@mail.example>", "References: <0@mail.example>\n <1@mail.example>")
    [row] = rows_of(tmp_path, message(2, *headers))
    post, reply = one_of(row, Post), one_of(row, Interaction)
    assert post.parent_post_id == "1@mail.example"
    assert reply == Interaction(
        interaction_id="reply:2@mail.example",
        kind="reply",
        engager_account_id=post.author_account_id,
        author_account_id=None,
        post_id="1@mail.example",
        interacted_at=AT_NOON,
        source_post_id="2@mail.example",
    )


def test_without_in_reply_to_the_last_reference_is_the_parent(tmp_path):
    [row] = rows_of(tmp_path, message(2, "References: <0@mail.example>\n\t<1@mail.example>"))
    assert one_of(row, Interaction).post_id == "1@mail.example"


def test_an_in_reply_to_without_an_id_falls_back_to_the_references(tmp_path):
    [row] = rows_of(tmp_path, message(2, "In-Reply-To: Your message of Monday", "References: <1@mail.example>"))
    assert one_of(row, Interaction).post_id == "1@mail.example"


def test_both_scramblings_of_an_address_are_one_sender(tmp_path):
    senders = ["From: f@nny@bell @end|ng |rom ex@mp|e@org (F)", "From: fanny.bell m@iii@g oii ex@mpie@org (F)"]
    read = rows_of(tmp_path, *[message(n, sender=sender) for n, sender in enumerate(senders)])
    assert len({one_of(row, Account).account_id for row in read}) == 1


def test_a_sender_without_an_address_is_null_and_no_shared_account(tmp_path):
    [row] = rows_of(tmp_path, message(1, "In-Reply-To: <0@mail.example>", sender="From: (Nobody)"))
    assert one_of(row, Post).author_account_id is None
    assert one_of(row, Interaction).engager_account_id is None
    assert not [record for record in row.records if isinstance(record, Account)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("(=?utf-8?q?J=C3=BCrgen_Beispiel?=)", "Jürgen Beispiel"),
        ("(=?utf-8?q?J=C3=BCrgen?=\n =?utf-8?q?_Beispiel?=)", "Jürgen Beispiel"),
        ("(Ann (home) Example)", "Ann (home) Example"),
        ("(=?no-such-charset?q?Ann?=)", "=?no-such-charset?q?Ann?="),
        ("(ann @end|ng |rom ex@mp|e@org)", None),
        ("", None),
    ],
)
def test_the_display_name_is_decoded_and_never_an_address(tmp_path, written, name):
    [row] = rows_of(tmp_path, message(1, sender=f"From: ann @end|ng |rom ex@mp|e@org {written}"))
    assert one_of(row, Account).account_name == name


@pytest.mark.parametrize(
    ("date", "day"),
    [("Tue, 1 Jan 2030 23:30:00 -0500", 2), ("Wed, 2 Jan 2030 00:30:00 +0200 (CEST)", 1), ("2 Jan 2030 00:30:00", 2)],
)
def test_the_date_header_in_utc_decides_the_day(tmp_path, date, day):
    [row] = rows_of(tmp_path, message(1, date=f"Date: {date}"))
    assert row.event_at.date().day == day


@pytest.mark.parametrize(
    "subject",
    ["[Garden-Talk] Which soil?", "Re: [Garden-Talk] Which soil?", "[Garden-Talk] RE: AW: Which soil?",
     "=?utf-8?q?Re=3A_Which_soil=3F?=", "Which\n soil?"],
)  # fmt: skip
def test_the_subject_loses_list_prefix_and_reply_marks(tmp_path, subject):
    [row] = rows_of(tmp_path, message(1, f"Subject: {subject}", body=""))
    assert one_of(row, Post).post_text == "Which soil?"


def test_the_body_keeps_only_the_senders_own_words():
    body = (
        "Peat is fine.\n\nOn Mon, Dec 31, 2029 at 9:00 AM Bob Sample <bob at mail.example>\nwrote:\n\n> Which soil?\n"
        "| Which soil?\n  >> indented\nAsk cy@garden.example or dee @end|ng |rom ex@mp|e@org first.\n"
        "-- \nAnn Example\n"
    )
    assert own_words(body) == "Peat is fine.\nAsk  or  first."


@pytest.mark.parametrize(
    "end", ["--", "-------------- next part --------------", "_" * 47, "-----Original Message-----"]
)
def test_nothing_after_signature_attachment_or_footer_is_read(end):
    assert own_words(f"Words.\n{end}\nNot mine.\n") == "Words."


def test_a_body_line_that_begins_with_from_is_no_separator(tmp_path):
    body = "From what I know:\nFrom Mon Jan 1 onwards.\nEnd.\n"
    [first, second] = rows_of(tmp_path, message(1, body=body), message(2))
    assert one_of(first, Post).post_text == body.strip()
    assert second.row_key == "message:2@mail.example"


@pytest.mark.parametrize("written", ["&lt;1@mail.example&gt;", "\n <1@mail.example>", "1@mail.example"])
def test_a_message_id_may_be_escaped_folded_or_bare(tmp_path, written):
    text = message(1).replace("<1@mail.example>", written)
    assert [row.row_key for row in rows_of(tmp_path, text)] == ["message:1@mail.example"]


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("r-demo/2030-01.txt.gz", "r-demo"),
        ("lists/R-Demo/2030-June.txt", "r-demo"),
        ("r-demo/2030q2.txt.gz", "r-demo"),
        ("r-demo-2030-01.txt.gz", "r-demo"),
        ("r-demo.txt", "r-demo"),
        ("2030-01-01/r-demo.txt", "r-demo"),
        ("2030-01.txt.gz", ""),
    ],
)
def test_the_list_is_the_folder_or_the_name_without_its_date(file_name, name):
    assert list_name(file_name) == name


LETTERS = """
bytes as written                      | read as
J\\xfcrgen m\\xf6chte \\x80 5            | Jürgen möchte € 5
\\xbfQu\\xe9 tal, ma\\xf1ana?             | ¿Qué tal, mañana?
\\xe0 c\\xf4t\\xe9 du caf\\xe9               | à côté du café
caf\\xc3\\xa9 and caf\\xe9               | café and café
\\xd0\\xbf\\xd1\\x80\\xd0                    | прÐ
no letter: \\x81                       | no letter: \ufffd
"""


@pytest.mark.parametrize(("written", "read_as"), [[cell.strip() for cell in line.split("|")]
                                                  for line in LETTERS.strip().splitlines()[1:]])
def test_a_message_that_is_no_utf8_is_read_as_its_list_wrote_it(tmp_path, written, read_as):
    """Mailman 2 writes an archive in the character set of the list: refused, a night of a German list never passes."""
    raw = written.encode().decode("unicode_escape").encode("latin-1")
    name = b"From: ann @end|ng |rom ex@mp|e@org (" + raw + b")"
    mail = message(1, "Subject: S", body="BODY\n").encode().replace(ANN.encode(), name).replace(b"BODY", raw)
    [row] = rows_of(tmp_path, mail)
    assert one_of(row, Post).post_text == f"S\n{read_as}"
    assert one_of(row, Account) == Account(key_of("@@@", "ex@mp|e@org"), read_as)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (message(2).replace("Message-ID: <2@mail.example>\n", ""), "missing_id"),
        (message(2).replace("<2@mail.example>", "<>"), "missing_id"),
        (message(2, date="Date: Tue, 31 Feb 2030 12:00:00 +0000"), "impossible_date"),
        (message(2, date="Date: Tue, 1 Jan 1900 12:00:00 +0000"), "impossible_date"),
        (message(2, date="Date: soon"), "impossible_date"),
        (message(2, date="X-Nothing: here"), "impossible_date"),
        (message(2, body="a\0b"), "nul_byte"),
        (message(2, sender="From: ann at mail.example (=?utf-8?q?a=00b?=)"), "nul_byte"),
        (message(2, body="long line\n" * 100_001), "field_too_large"),
        (message(2, body="".join(map(str, random.Random(7).choices(range(10**6), k=1_700_000)))), "field_too_large"),
    ],
    ids=["no id", "empty id", "31 February", "1900", "no date", "no header", "nul", "nul in a name", "1 MB", "10 MB"],
)  # fmt: skip
def test_a_bad_message_is_refused_with_its_reason_and_the_others_survive(tmp_path, bad, reason):
    read = rows_of(tmp_path, message(1), bad, message(3))
    assert [(row.number, row.row_key, row.rejected) for row in read] == [
        (1, "message:1@mail.example", None), (2, "", reason), (3, "message:3@mail.example", None),
    ]  # fmt: skip


def test_a_truncated_archive_keeps_what_came_before_and_says_so(tmp_path):
    path = archive(tmp_path, *[message(n, body=f"{n * 7919} words\n") for n in range(400)])
    path.write_bytes(path.read_bytes()[:-500])
    read = []
    with pytest.raises(Truncated, match="gzip stream breaks"):  # noqa: PT012
        for row in read_rows(path, "garden-talk/2030-January.txt.gz"):
            read.append(row)
    assert len(read) > 100
    assert [row.rejected for row in read if row.rejected] == ["truncated_gzip"]
    assert [row.number for row in read] == list(range(1, len(read) + 1))


def test_a_file_that_is_no_mbox_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match="expected a separator"):
        rows_of(tmp_path, "Dear all,\nthis is no archive.\n")


def test_an_archive_of_10_mb_is_read_in_constant_memory(tmp_path):
    path = tmp_path / "2030-January.txt"
    path.write_text("".join(message(n, body=f"{n} words of a long message, line by line\n" * 500) for n in range(500)))
    assert path.stat().st_size > 10_000_000
    tracemalloc.start()
    kept = sum(bool(row.records) for row in read_rows(path, "garden-talk/2030-January.txt"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept == 500
    assert peak < 2_000_000
