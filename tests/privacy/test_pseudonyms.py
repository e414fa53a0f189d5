"""Pseudonyms cannot be undone without the key, and two domains cannot be joined (S56, S58)."""

import csv
import hashlib
import hmac
import json

import duckdb
import pyarrow as pa
import pytest

from jobs.answers.export import export
from jobs.errors import BadInput, MissingInput
from jobs.forgotten import forgotten_accounts, remember
from jobs.ledger import newest_release
from jobs.manifest import now
from jobs.person_identifiers import PersonIdentifiers, all_ids
from jobs.pseudonym_sql import in_pseudonym_order, teach_pseudonyms, without_small_cells
from jobs.pseudonyms import existing_key, key_of
from tests.verify.conftest import FIRST, deliver_list, released_night

HANDLES = [f"forum:user{number}" for number in range(500)]


def hashes_of(handle: str) -> set[str]:
    """What somebody who has every handle and no key would try."""
    plain = {hashlib.new(name, handle.encode()).hexdigest() for name in ("sha256", "sha1", "md5")}
    guessed = {hmac.digest(secret, handle.encode(), "sha256").hex()
               for secret in (b"", b"candor", b"export", b"report", bytes(32), handle.encode())}
    return {f"p_{digest[:32]}" for digest in plain | guessed}


def test_a_dictionary_of_all_handles_finds_nobody_without_the_key(tmp_path):
    shown = {key_of(tmp_path, "export").pseudonym(handle) for handle in HANDLES}
    assert len(shown) == len(HANDLES)
    assert shown.isdisjoint(guess for handle in HANDLES for guess in hashes_of(handle))
    assert shown == {existing_key(tmp_path, "export").pseudonym(handle) for handle in HANDLES}


def test_two_domains_and_two_stores_share_no_pseudonym(tmp_path):
    keys = [key_of(tmp_path / home, domain) for home in ("one", "two") for domain in ("export", "report")]
    assert len({key.pseudonym(handle) for key in keys for handle in HANDLES}) == 4 * len(HANDLES)
    assert len({key.key_id for key in keys}) == 4


def test_a_key_is_whole_and_its_owners_alone(tmp_path):
    key = key_of(tmp_path, "export")
    path = tmp_path / "keys" / "export.key"
    assert (path.stat().st_mode & 0o777, len(key.secret), key.secret.hex() in repr(key)) == (0o600, 32, False)
    path.chmod(0o640)
    with pytest.raises(BadInput, match="chmod 600"):
        key_of(tmp_path, "export")
    path.chmod(0o600)
    path.write_text("c0ffee")
    with pytest.raises(BadInput, match="expected 32"):
        key_of(tmp_path, "export")
    with pytest.raises(BadInput, match="domain"):
        key_of(tmp_path, "../export")


def test_a_list_of_the_forgotten_without_its_key_stops_the_ingest(store):
    assert not forgotten_accounts(store)
    assert remember(store, [("twitter", "1"), ("twitter", "2")], now()) == 2
    assert remember(store, [("twitter", "2")], now()) == 0
    known = forgotten_accounts(store)
    assert [known.holds("twitter", "1"), known.holds("twitter", "3"), known.holds("mailinglist", "1")] == [
        True, False, False]
    (store.settings.home / "keys" / "forgotten.key").unlink()
    with pytest.raises(MissingInput, match="backup of the keys"):
        forgotten_accounts(store)


def test_cells_below_twenty_people_are_left_out():
    people = [("jazz", f"p{number:02}") for number in range(20)] + [("harp", f"p{number:02}") for number in range(19)]
    rows = people + people[-1:]
    with duckdb.connect() as connection:
        given = connection.from_arrow(pa.table({"topic_id": [row[0] for row in rows],
                                                "person_id": [row[1] for row in rows]}))
        assert without_small_cells(given, "topic_id").aggregate("topic_id, count(*)").fetchall() == [("jazz", 20)]


def test_pseudonyms_do_not_come_in_the_order_of_the_ids(tmp_path):
    key = key_of(tmp_path, "report")
    with duckdb.connect() as connection:
        teach_pseudonyms(connection, key)
        given = connection.from_arrow(pa.table({"person_id": [*HANDLES, None]}))
        shown = [person for [person] in in_pseudonym_order(given).fetchall()]
    assert shown == [*sorted(map(key.pseudonym, HANDLES)), None]


def test_an_export_names_the_key_and_nobody(store, tmp_path):
    people = [f"mailinglist:person-{number:02}" for number in range(20)]
    deliver_list(store, tmp_path, FIRST, "zoe")
    released_night(store, FIRST, *people)
    facts = export(store, tmp_path / "out", None, "export")
    assert facts["tables"]["pub__scores"] == {"row_count": 20, "left_out_row_count": 0}
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["key_id"] == key_of(
        store.settings.home, "export").key_id
    with (tmp_path / "out" / "scores.csv").open() as file:
        shown = {row["person_id"] for row in csv.DictReader(file)}
    assert shown == {key_of(store.settings.home, "export").pseudonym(person) for person in people}
    assert b"person-" not in b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert newest_release(store).release_id == facts["release_id"]


@pytest.mark.parametrize(("text", "is_named"), [
    ("twitter:canary-1", True), ("a canary-1, b", True), ("canary-12", False), ("xcanary-1", False), ("@Nick!", True),
    ("@nicks", False), ("nick", False), ("forum:42", True), ("42", False), ("forum:421", False),
])
def test_ids_are_found_as_whole_words_and_names_as_mentions(text, is_named):
    accounts = frozenset({("twitter", "canary-1"), ("forum", "42")})
    identifiers = PersonIdentifiers(accounts, all_ids(accounts), frozenset({"nick"}), "erased-0")
    assert identifiers.are_in(text.encode()) is is_named
    with duckdb.connect() as connection:
        assert connection.execute("SELECT regexp_matches(?, ?)", [text, identifiers.pattern]).fetchone() == (is_named,)
