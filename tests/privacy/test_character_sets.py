"""A person is masked in the words of others whatever character set they are written in, and found where they are not."""

import gzip
import json
from datetime import date

import pytest

from jobs.forgetting.forget import forget
from jobs.ingest.feeds import ingest_feed
from jobs.ingest.networks import mailinglist
from jobs.ingest.redaction import redact
from jobs.person_identifiers import PersonIdentifiers, all_ids
from jobs.privacy import searching
from jobs.settings import Settings
from jobs.storage import Store

DAY = date(2030, 1, 1)

ACCOUNTS = frozenset({("mailinglist", "1f0c2a3b4d5e6f70")})
WHO = PersonIdentifiers(ACCOUNTS, all_ids(ACCOUNTS) | {"Zoë-Müller"}, frozenset({"Renée", "Škoda", "Müller", "Zo"}), "erased-0")
MAIL = """From ann @end|ng |rom ex@mp|e@org  Tue Jan  1 14:00:00 2030
From: ann @end|ng |rom ex@mp|e@org (Ann Müßig)
Date: Tue, 1 Jan 2030 13:00:00 +0100
Message-ID: <1@mail.example>

Grüße an {0}
"""
MENTIONS = """
written                 | kept                     | character set
@Renée, hallo           | erased-0, hallo          | utf-8
@Renée, hallo           | erased-0, hallo          | iso-8859-1
@RENÉE                  | erased-0                 | utf-8
@RENÉE                  | erased-0                 | iso-8859-1
«@Renée»                | «erased-0»               | windows-1252
@Škoda                  | erased-0                 | windows-1252
@škoda und @Škodas      | erased-0 und @Škodas     | windows-1252
@Renéeline              | @Renéeline               | iso-8859-1
@Renete                 | @Renete                  | iso-8859-1
"""
CASES = [[cell.strip() for cell in line.split("|")] for line in MENTIONS.strip().splitlines()[1:]]


@pytest.mark.parametrize("name", ["2030-January.txt", "2030-January.txt.gz"])
@pytest.mark.parametrize(("written", "kept", "charset"), CASES)
def test_a_mention_is_found_and_masked_in_the_character_set_of_the_mail(tmp_path, written, kept, charset, name):
    path, target, is_packed = tmp_path / name, tmp_path / f"new-{name}", name.endswith(".gz")
    mail = MAIL.format(written).encode(charset)
    path.write_bytes(gzip.compress(mail) if is_packed else mail)
    is_named = written != kept
    assert searching.is_mentioned_in(path, WHO) is is_named
    assert bool(redact(path, "mailinglist", f"talk/{name}", WHO, target)) is is_named
    if is_named:
        found = target.read_bytes()
        assert (gzip.decompress(found) if is_packed else found).decode(charset) == MAIL.format(kept)
        assert not searching.is_mentioned_in(target, WHO)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_a_message_with_an_id_in_it_goes_in_each_character_set(tmp_path, charset):
    path = tmp_path / "2030-January.txt"
    path.write_bytes((MAIL.format("alle") + MAIL.format("und Zoë-Müller")).encode(charset))
    assert searching.is_named_in(path, WHO.without_names)
    done = redact(path, "mailinglist", "talk/2030-January.txt", WHO, tmp_path / "new")
    assert (done.row_count, (tmp_path / "new").read_bytes()) == (1, MAIL.format("alle").encode(charset))


def test_what_is_another_letter_in_utf_8_is_no_mention_of_a_name_in_another_character_set(tmp_path):
    """The first byte of a Chinese letter is an é of Windows-1252; without the rest of it the file would be no UTF-8."""
    who = PersonIdentifiers(ACCOUNTS, all_ids(ACCOUNTS), frozenset({"Zoé"}), "erased-0")
    written = "@Zoé und @Zo阿".encode()
    assert who.masked(written).decode() == "erased-0 und @Zo阿"
    assert who.masked("@Zoé»".encode("cp1252")) == "erased-0»".encode("cp1252")
    assert who.masked("@Zoé".encode("cp1252") + "阿".encode()) == b"erased-0" + "阿".encode()


def test_the_ends_of_blocks_make_no_letter(tmp_path, monkeypatch):
    who = PersonIdentifiers(ACCOUNTS, all_ids(ACCOUNTS), frozenset({"Zoé"}), "erased-0")
    texts = {"@Zo阿 and others".encode(): False, "to @Zoé and others".encode("cp1252"): True, "@Zoé".encode(): True,
             "others and @Zo阿".encode(): False, "@Zoé»".encode("cp1252"): True}
    for text, is_named in texts.items():
        (tmp_path / "log.txt").write_bytes(text)
        for size in range(1, len(text) + 2):
            monkeypatch.setattr(searching, "BLOCK_BYTES", size)
            assert (size, text, searching.is_named_in(tmp_path / "log.txt", who)) == (size, text, is_named)


@pytest.mark.parametrize("is_ascii", [True, False])
def test_a_mention_is_masked_in_a_status_whose_letters_are_escaped(tmp_path, is_ascii):
    gone = {"id_str": "1", "user": {"id_str": "2"}, "text": "by mailinglist:1f0c2a3b4d5e6f70"}
    stays = {"id_str": "3", "user": {"id_str": "4"}, "text": "with @Renée and @RENÉE 😀"}
    path, target = tmp_path / "s.json", tmp_path / "new.json"
    path.write_text(json.dumps({"statuses": [gone, stays]}, ensure_ascii=is_ascii))
    redact(path, "twitter", "s.json", WHO, target)
    assert json.loads(target.read_text())["statuses"] == [{**stays, "text": "with erased-0 and erased-0 😀"}]


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_an_address_is_read_as_the_connector_reads_it(tmp_path, charset):
    """Found on the way: a mention in Latin-1 looked like an address, and the erasure died of its letters."""
    address = "zoé @end|ng |rom ex@mp|e@org"
    path, own = tmp_path / "2030-January.txt", MAIL.replace("ann @end|ng |rom ex@mp|e@org", address)
    path.write_bytes((MAIL.format(f"alle, an @Renée und {address}") + own).encode(charset))
    account = next(row.records[0].account_id for row in mailinglist.read_rows(path, "talk/2030-January.txt")
                   if row.number == 2)
    who = PersonIdentifiers(frozenset({("mailinglist", account)}), all_ids([("mailinglist", account)]), frozenset(), "erased-0")
    redact(path, "mailinglist", "talk/2030-January.txt", who, tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == MAIL.format("alle, an @Renée und erased-0").encode(charset)


def test_a_name_in_packed_bytes_is_no_mention(tmp_path):
    """Three letters stand by chance in any large packed file."""
    path = tmp_path / "2030-January.txt.gz"
    path.write_bytes(gzip.compress(b"no word") + b"@M\xfcller")
    assert not searching.is_mentioned_in(path, WHO)


@pytest.fixture
def store(tmp_path) -> Store:
    """A store with a list whose mails are Latin-1: one of Renée, and one in which ann calls her by name."""
    store = Store(Settings(home=tmp_path / "store", networks=("mailinglist",)))
    folder = store.settings.inbox / "mailinglist" / DAY.isoformat() / "talk"
    folder.mkdir(parents=True)
    own = MAIL.format("alle").replace("ann", "renee").replace("Ann Müßig", "Renée").replace("<1@", "<2@")
    (folder / "2030-January.txt").write_bytes((MAIL.format("@Renée") + own).encode("iso-8859-1"))
    ingest_feed(store, "mailinglist", [folder.parent], DAY)
    return store


def renee(store: Store) -> str:
    return next(f"mailinglist:{row['account_id']}" for row in store.arrow("core__accounts").to_pylist()
                if row["account_name"] == "Renée")


def files_with(store: Store, content: bytes) -> list[str]:
    home = store.settings.home
    return sorted({path.relative_to(home).parts[0] for path in home.rglob("*.txt") if content in path.read_bytes()})


def test_an_erasure_leaves_no_mention_in_a_mail_of_another_character_set(store):
    done = forget(store, renee(store), "ann")
    assert (done.left, files_with(store, b"@Ren"), files_with(store, done.erasure.encode())) == (
        [], [], ["inbox", "landed"])


def test_the_last_look_of_an_erasure_finds_a_mention_that_was_not_masked(store, monkeypatch):
    monkeypatch.setattr(PersonIdentifiers, "masked", lambda self, content: content)
    done = forget(store, renee(store), "ann")
    assert sorted(path.split("/")[0] for path in done.left) == files_with(store, b"@Ren\xe9e") == ["inbox", "landed"]


def test_what_a_list_calls_an_account_is_no_mention_of_a_person(store):
    path = store.settings.inbox / "minors" / DAY.isoformat() / "minors.csv"
    path.parent.mkdir(parents=True)
    path.write_text("network,account_id\nforum,@Renée\n")
    assert (forget(store, renee(store), "ann").left, path.read_text()) == ([], "network,account_id\nforum,@Renée\n")
