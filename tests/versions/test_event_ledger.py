"""The event ledger: chained, appended to by one writer at a time, and verified."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.comparing.verify import verify
from jobs.digest import named_by_digest
from jobs.errors import CommitConflict
from jobs.events import TABLE, Decision, Event, append, events, open_ledger
from jobs.ledger import NO_HASH
from jobs.storage import Store
from jobs.tables import TABLES

TAMPERED = """
what is done to the second event             | found by
made_by=mallory                              | event_rows_are_unchanged
made_by=mallory, and hashed anew             | events_are_chained
event_number=7, and hashed anew              | event_numbers_have_no_gap
previous_hash=zeros, and hashed anew         | events_are_chained
"""


def decide(store: Store, subject: str) -> Event:
    return append(store, open_ledger(store), Decision("version_announced", subject, "ann", {"on": "2030-01-05"}))


@pytest.fixture
def broken(room):
    """Names of the checks of the event ledger that do not hold."""
    return lambda store: {outcome.check for outcome in verify(Store(store.settings), room)
                          if not outcome.holds and outcome.check.startswith("event")}


def test_events_are_numbered_chained_and_read_back(store, broken):
    made = [decide(store, subject) for subject in ("v1", "v2", "v3")]
    assert events(store) == made
    assert [event.event_number for event in made] == [1, 2, 3]
    assert [event.previous_hash for event in made] == [NO_HASH, made[0].chain_hash, made[1].chain_hash]
    assert broken(store) == set()


def test_of_two_writers_that_saw_the_same_ledger_one_wins_and_the_other_leaves_nothing(store, broken):
    for subject in ("v1", "v2"):
        mine, theirs = open_ledger(store), open_ledger(Store(store.settings))
        won = append(Store(store.settings), theirs, Decision("version_retired", subject, "ben", {}))
        with pytest.raises(CommitConflict, match="Nothing was recorded"):
            append(store, mine, Decision("version_announced", subject, "ann", {}))
        assert events(store)[-1] == won
    written = sorted((store.settings.warehouse / "pub" / TABLE / "data").rglob("*.parquet"))
    assert written == sorted(Path(path) for path in store.files(TABLE))
    assert broken(store) == set()


def test_one_changed_byte_of_an_event_file_is_found(store, broken):
    decide(store, "v1")
    path = Path(store.files(TABLE)[0])
    content = bytearray(path.read_bytes())
    for place in range(0, len(content), len(content) // 8):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert broken(store) == {"event_files_are_unchanged"}
    path.unlink()
    assert broken(store) == {"event_files_are_unchanged"}


def tampered(event: Event, what: str) -> Event:
    change, *hashed = what.split(", ")
    name, value = change.split("=")
    values = {"event_number": int(value) if value.isdigit() else 0, "previous_hash": NO_HASH, "made_by": value}
    changed = replace(event, **{name: values[name]})
    return replace(changed, chain_hash=changed.expected_hash()) if hashed else changed


def tampered_rows() -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in TAMPERED.strip().splitlines()[1:]]


@pytest.mark.parametrize(("what", "found_by"), tampered_rows())
def test_an_event_written_anew_is_found(what, found_by, tmp_path, store, broken):
    """Somebody writes the ledger again, with one event changed, in files that are named as they should be."""
    first, second, third = [decide(store, subject) for subject in ("v1", "v2", "v3")]
    forged = Store(replace(store.settings, home=tmp_path / "forged"))
    rows = [event.to_row() for event in (first, tampered(second, what), third)]
    folder = forged.write_rows(TABLE, pa.Table.from_pylist(rows, TABLES[TABLE].arrow_schema))
    forged.append_files(TABLE, [named_by_digest(path) for path in folder])
    assert found_by in broken(forged)


def test_a_lost_event_is_found(tmp_path, store, broken):
    first, _, third = [decide(store, subject) for subject in ("v1", "v2", "v3")]
    forged = Store(replace(store.settings, home=tmp_path / "forged"))
    rows = pa.Table.from_pylist([first.to_row(), third.to_row()], TABLES[TABLE].arrow_schema)
    forged.append_files(TABLE, [named_by_digest(path) for path in forged.write_rows(TABLE, rows)])
    assert broken(forged) == {"event_numbers_have_no_gap", "events_are_chained"}
