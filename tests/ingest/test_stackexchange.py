"""Stack Exchange rows become posts, reactions and accounts; bad rows go aside alone."""

import subprocess
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import cmake
import pytest

from jobs.errors import BadInput
from jobs.ingest.contract import Account, Interaction, Post, Truncated
from jobs.ingest.networks.stackexchange import plain_text, read_rows

NOON = 'CreationDate="2030-01-01T12:00:00.000"'
AT_NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
GOOD = f'<row Id="1" PostId="9" UserId="7" {NOON} Text="fine" />'


def dump(folder: Path, name: str, *lines: str | bytes) -> Path:
    """A dump file as served: byte order mark, CRLF, one row a line."""
    root = name.split(".")[0].lower()
    framed = ['\ufeff<?xml version="1.0" encoding="utf-8"?>', f"<{root}>", *lines, f"</{root}>"]
    path = folder / name
    path.write_bytes(b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in framed))
    return path


def rows_of(folder: Path, name: str, *lines: str | bytes) -> list:
    return list(read_rows(dump(folder, name, *lines), name))


def test_a_question_is_a_post_with_title_text_and_tags(tmp_path):
    row = f'<row Id="4" PostTypeId="1" OwnerUserId="7" {NOON} Title="Why?" Body="&lt;p&gt;So &amp;amp; so&lt;/p&gt;" '
    [read] = rows_of(tmp_path, "Posts.xml", row + 'Tags="&lt;seeds&gt;&lt;soil&gt;" />')
    assert (read.number, read.row_key, read.event_at) == (1, "post:4", AT_NOON)
    assert read.records == (Post("4", "7", AT_NOON, "Why?\nSo & so", ("seeds", "soil")),)


def test_tags_between_bars_are_read_as_well(tmp_path):
    [read] = rows_of(tmp_path, "Posts.xml", f'<row Id="4" PostTypeId="1" {NOON} Tags="|seeds|soil|" />')
    assert read.records[0].native_labels == ("seeds", "soil")


def test_an_answer_is_a_post_and_a_reply_to_the_question(tmp_path):
    row = f'<row Id="5" PostTypeId="2" ParentId="4" OwnerUserId="8" {NOON} Body="Because." />'
    [read] = rows_of(tmp_path, "Posts.xml", row)
    assert read.records == (
        Post("5", "8", AT_NOON, "Because.", parent_post_id="4", topic_source_post_id="4"),
        Interaction("answer:5", "reply", "8", None, "4", AT_NOON, source_post_id="5"),
    )


@pytest.mark.parametrize("owner", ["", 'OwnerDisplayName="user7"', 'OwnerUserId="-1"'])
def test_a_deleted_owner_and_the_community_program_are_null(tmp_path, owner):
    [read] = rows_of(tmp_path, "Posts.xml", f'<row Id="5" PostTypeId="2" ParentId="4" {owner} {NOON} />')
    post, reply = read.records
    assert (post.author_account_id, reply.engager_account_id) == (None, None)


def test_posts_that_are_neither_question_nor_answer_are_out_of_scope(tmp_path):
    [read] = rows_of(tmp_path, "Posts.xml", f'<row Id="6" PostTypeId="5" {NOON} />')
    assert (read.out_of_scope, read.records) == ("other_post_type", ())


def test_a_comment_is_a_reply_to_its_post(tmp_path):
    [named, hidden] = rows_of(tmp_path, "Comments.xml", GOOD, f'<row Id="2" PostId="9" {NOON} UserDisplayName="x" />')
    assert named.records == (Interaction("comment:1", "reply", "7", None, "9", AT_NOON),)
    assert hidden.records == (Interaction("comment:2", "reply", None, None, "9", AT_NOON),)


def test_votes_are_reactions_of_hidden_people_except_favourites(tmp_path):
    day = 'CreationDate="2030-01-01T00:00:00.000"'
    read = rows_of(
        tmp_path, "Votes.xml",
        f'<row Id="1" PostId="9" VoteTypeId="1" {day} />',
        f'<row Id="2" PostId="9" VoteTypeId="2" {day} />',
        f'<row Id="3" PostId="9" VoteTypeId="3" {day} />',
        f'<row Id="5" PostId="9" VoteTypeId="5" UserId="7" {day} />',
        f'<row Id="8" PostId="9" VoteTypeId="8" UserId="7" {day} BountyAmount="50" />',
    )  # fmt: skip
    midnight = datetime(2030, 1, 1, tzinfo=UTC)
    assert [row.records for row in read if row.records] == [
        (Interaction("vote:1", "endorsement", None, None, "9", midnight),),
        (Interaction("vote:2", "vote", None, None, "9", midnight),),
        (Interaction("vote:5", "like", "7", None, "9", midnight),),
    ]
    assert [row.out_of_scope for row in read if not row.records] == ["other_vote_type"] * 2


def test_a_user_is_an_account_dated_by_the_delivery_and_the_community_is_none(tmp_path):
    read = rows_of(
        tmp_path, "Users.xml",
        f'<row Id="7" Reputation="99" {NOON} DisplayName="Ann Example" />',
        f'<row Id="-1" {NOON} DisplayName="Community" />',
    )  # fmt: skip
    assert read[0].records == (Account("7", "Ann Example", AT_NOON),)
    assert (read[0].row_key, read[0].event_at) == ("user:7", None)
    assert read[1].out_of_scope == "program"


@pytest.mark.parametrize("name", ["Tags.xml", "Badges.xml", "PostHistory.xml"])
def test_files_without_reactions_are_counted_out_of_scope(tmp_path, name):
    assert [row.out_of_scope for row in rows_of(tmp_path, name, '<row Id="1" />')] == [name.split(".")[0].lower()]


def test_rows_of_an_archive_are_numbered_through_its_members(tmp_path):
    dump(tmp_path, "Comments.xml", GOOD)
    dump(tmp_path, "Tags.xml", '<row Id="1" />')
    dump(tmp_path, "Badges.xml", '<row Id="1" />')
    members = ["Badges.xml", "Comments.xml", "Tags.xml"]
    command = [Path(cmake.CMAKE_BIN_DIR) / "cmake", "-E", "tar", "cf", "site.7z", "--format=7zip", "--", *members]
    subprocess.run(command, cwd=tmp_path, check=True)
    read = list(read_rows(tmp_path / "site.7z", "site.7z"))
    assert [(row.number, row.row_key or row.out_of_scope) for row in read] == [(1, "comment:1"), (2, "tags")]


def test_an_archive_without_any_known_file_is_bad_input(tmp_path):
    dump(tmp_path, "Badges.xml")
    command = [Path(cmake.CMAKE_BIN_DIR) / "cmake", "-E", "tar", "cf", "site.7z", "--format=7zip", "--", "Badges.xml"]
    subprocess.run(command, cwd=tmp_path, check=True)
    with pytest.raises(BadInput, match=r"expected one of posts\.xml"):
        list(read_rows(tmp_path / "site.7z", "site.7z"))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('<row Id="2" PostId="9" Text="never closed', "broken_xml"),
        ("neither row nor root", "broken_xml"),
        ('<row Id="2" PostId="9" Text="&lol9;" />', "entity_refused"),
        ('<!DOCTYPE comments [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>', "entity_refused"),
        ('<!DOCTYPE comments SYSTEM "file:///somewhere">', "entity_refused"),
        (b'<row Id="2" PostId="9" Text="\xff\xfe" />', "invalid_utf8"),
        (b'<row Id="2" PostId="9" Text="a\0b" />', "nul_byte"),
        ('<row Id="2" PostId="9" Text="' + "x" * 1_000_001 + '" />', "field_too_large"),
        ('<row Id="2" PostId="9" Text="' + "x" * 10_000_000 + '" />', "field_too_large"),
        (f'<row PostId="9" {NOON} />', "missing_id"),
        (f'<row Id="" PostId="9" {NOON} />', "missing_id"),
        (f'<row Id="2" {NOON} />', "missing_id"),
        ('<row Id="2" PostId="9" CreationDate="2030-02-30T00:00:00.000" />', "impossible_date"),
        ('<row Id="2" PostId="9" CreationDate="0001-01-01T00:00:00.000" />', "impossible_date"),
        ('<row Id="2" PostId="9" />', "impossible_date"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_bad_row_is_refused_with_its_reason_and_the_others_survive(tmp_path, bad, reason):
    last = GOOD.replace('Id="1"', 'Id="3"', 1)
    read = rows_of(tmp_path, "Comments.xml", GOOD, bad, last)
    assert [(row.number, row.row_key, row.rejected) for row in read] == [
        (1, "comment:1", None), (2, "", reason), (3, "comment:3", None),
    ]  # fmt: skip


def test_billion_laughs_are_never_expanded(tmp_path):
    laughs = [f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10)]
    read = rows_of(
        tmp_path, "Comments.xml", "<!DOCTYPE comments [", *laughs, "]>", '<row Id="2" PostId="9" Text="&lol9;" />', GOOD
    )
    assert {row.rejected for row in read[:-1]} == {"entity_refused"}
    assert read[-1].row_key == "comment:1"


def test_a_file_that_ends_before_its_root_is_closed_is_truncated(tmp_path):
    path = dump(tmp_path, "Comments.xml", GOOD, GOOD)
    path.write_bytes(path.read_bytes()[:-40])
    read = read_rows(path, "Comments.xml")
    assert next(read).row_key == "comment:1"
    assert [next(read).rejected, next(read).rejected] == ["broken_xml", "broken_xml"]
    with pytest.raises(Truncated, match="ends before </comments>"):
        next(read)


def test_a_root_without_rows_is_complete(tmp_path):
    path = tmp_path / "Votes.xml"
    path.write_text('<?xml version="1.0" encoding="utf-8"?><votes />')
    assert list(read_rows(path, "Votes.xml")) == []


def test_a_file_under_another_files_name_is_bad_input(tmp_path):
    path = dump(tmp_path, "Votes.xml")
    with pytest.raises(BadInput, match="expected the root element <posts>, got <votes>"):
        list(read_rows(path, "Posts.xml"))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one</p><p>two <b>bo</b>ld</p>", "one\ntwo bold"),
        ("<ul><li>one</li><li>two</li></ul><!-- hidden -->", "one\ntwo"),
        ("no markup &amp; so", "no markup & so"),
        ("<p>never closed <i>at all", "never closed at all"),
        ('<?xml version="1.0" encoding="latin-1"?>é', "é"),
        ("", ""),
        ("<!-- only a comment -->", ""),
    ],
)
def test_the_text_of_html_keeps_words_and_drops_markup(markup, text):
    assert plain_text(markup) == text


def test_a_file_of_10_mb_is_read_in_constant_memory(tmp_path):
    body = "&lt;p&gt;words of a long question&lt;/p&gt;" * 60
    path = dump(
        tmp_path, "Posts.xml", *(f'<row Id="{n}" PostTypeId="1" {NOON} Body="{n} {body}" />' for n in range(4_000))
    )
    assert path.stat().st_size > 10_000_000
    tracemalloc.start()
    kept = sum(bool(row.records) for row in read_rows(path, "Posts.xml"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept == 4_000
    assert peak < 2_000_000
