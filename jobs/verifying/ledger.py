"""The ledgers themselves: their bytes, numbers and chains, and what the restatements of nights say (I2, I5)."""

from collections.abc import Iterator
from pathlib import Path

from jobs import events
from jobs.digest import file_digest
from jobs.events import Event
from jobs.ledger import NO_HASH, Release
from jobs.storage import Store
from jobs.verifying.checked import Checked, checked, compared, guarded

BYTES = "ledger_files_are_unchanged"

EVENT_BYTES = "event_files_are_unchanged"

RESTORE = "The ledger was changed after it was written: put pub__releases back from a backup, then verify again."
RESTORE_EVENTS = "The events were changed after they were written: put pub__events back from a backup, then verify."
STEP_OF = {BYTES: RESTORE, EVENT_BYTES: RESTORE_EVENTS}
REPORT = "The publish stage wrote what it never should: keep the store as it is, and report it."


def ledger_bytes(store: Store) -> Iterator[Checked]:
    """Every file of the ledger still has the digest that it is named by."""
    for path in map(Path, store.files("pub__releases")):
        yield from guarded(BYTES, path.name, _named_bytes, BYTES, path)


def event_checks(store: Store) -> Iterator[Checked]:
    """The event ledger: its files, and when they are as they were named, its chain."""
    own_bytes = [outcome for path in map(Path, store.files(events.TABLE))
                 for outcome in guarded(EVENT_BYTES, path.name, _named_bytes, EVENT_BYTES, path)]
    yield from own_bytes
    if all(outcome.holds for outcome in own_bytes):
        yield from event_chain(events.events(store))


def event_chain(ledger: list[Event]) -> Iterator[Checked]:
    """Numbers run 1, 2, 3 ...; each event names the hash of the one before, and has the hash of its columns."""
    before = NO_HASH
    for number, event in enumerate(ledger, start=1):
        name = f"event {event.event_number}: {event.event_type} {event.subject}"
        yield compared("event_numbers_have_no_gap", name, number, event.event_number, RESTORE_EVENTS)
        yield compared("events_are_chained", name, before, event.previous_hash, RESTORE_EVENTS)
        yield compared("event_rows_are_unchanged", name, event.chain_hash, event.expected_hash(), RESTORE_EVENTS)
        before = event.chain_hash


def _named_bytes(check: str, path: Path) -> Iterator[Checked]:
    yield compared(check, path.name, path.stem, file_digest(path), STEP_OF[check])


def chain(ledger: list[Release]) -> Iterator[Checked]:
    """Numbers run 1, 2, 3 ...; each row names the hash of the one before, and has the hash that its columns give."""
    before = NO_HASH
    for number, release in enumerate(ledger, start=1):
        name = release.release_id
        yield compared("release_numbers_have_no_gap", name, number, release.release_number, RESTORE)
        yield compared("releases_are_chained", name, before, release.previous_hash, RESTORE)
        yield compared("ledger_rows_are_unchanged", name, release.chain_hash, release.expected_hash(), RESTORE)
        before = release.chain_hash


def restatements(ledger: list[Release]) -> Iterator[Checked]:
    """A later release of a night names the one that it restates, and says something else."""
    newest: dict = {}
    for release in ledger:
        earlier = newest.get(release.snapshot_date)
        restated = earlier.release_id if earlier else None
        yield compared(
            "restatements_name_the_restated", release.release_id, restated, release.restates_release_id, REPORT
        )
        if earlier:
            yield _says_something_else(earlier, release)
        newest[release.snapshot_date] = release


def _says_something_else(earlier: Release, release: Release) -> Checked:
    is_new = (earlier.candidate_digest, earlier.input_digest) != (release.candidate_digest, release.input_digest)
    return checked(
        "a_rerun_publishes_nothing", release.release_id, is_new, f"other rows or inputs than {earlier.release_id}",
        "other ones" if is_new else "the same rows from the same inputs", REPORT,
    )
