"""Verify a store: what was delivered, judged and published is still what the ledger says. Nothing is changed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from jobs.erased import ErasedNight, as_erased, erased_nights
from jobs.errors import ReleasedVersionEdited
from jobs.ledger import APPROVED, Release, releases, visible_releases
from jobs.released import SCORING_ROOM, VERSIONS_FILE, Registry, load_registry
from jobs.scoring.registry import require_frozen
from jobs.settings import require_store
from jobs.storage import Store
from jobs.verifying import approved, deliveries, ledger, listed, nights, released
from jobs.verifying.checked import Checked, compared, guarded
from jobs.verifying.resting import RestingStore

FROZEN = "released_versions_are_frozen"
AS_RELEASED = "the files that were released"
VERSION_STEP = "Restore the released file, and put the change into a new version file."


def verify(store: Store, scoring_room: Path = SCORING_ROOM) -> list[Checked]:
    """Every check on every subject; an empty store holds.

    Errors: MissingInput when there is no store. Damage raises nothing: it is an outcome that does not hold.
    """
    require_store(store.settings, "Set CANDOR_HOME to the store that is to be verified.")
    resting = RestingStore(store)
    return [
        *guarded("ledger_can_be_read", "pub__releases", ledger_checks, resting),
        *guarded("deliveries_can_be_read", "ops__deliveries", delivery_checks, resting),
        *guarded(FROZEN, "released.toml", frozen_versions, scoring_room),
    ]


def ledger_checks(store: RestingStore) -> Iterator[Checked]:
    """The events, the ledger, and all that it speaks for; of a ledger whose bytes changed, nothing is followed."""
    own_bytes = list(ledger.ledger_bytes(store))
    yield from own_bytes
    own_events = list(guarded("events_can_be_read", "pub__events", ledger.event_checks, store))
    yield from own_events
    erased = erased_nights(store) if all(outcome.holds for outcome in own_events) else {}
    if all(outcome.holds for outcome in own_bytes):
        found = releases(store)
        yield from ledger.chain(found)
        yield from ledger.restatements(found)
        yield from released_files(store, found, erased)
        yield from guarded(listed.CHECK, "core__suppressions", listed.nobody_listed, store, found)
        yield from guarded("verdicts_can_be_read", "gate__verdicts", verdict_checks, store, found)


def released_files(
    store: RestingStore, found: list[Release], erased: dict[str, ErasedNight]
) -> Iterator[Checked]:
    """The bytes and the rows of each release, and what readers see of them."""
    for release in found:
        night = as_erased(release, erased)
        yield from guarded(released.BYTES, release.release_id, released.unchanged_bytes, store, release, night)
        yield from guarded(released.ROWS, release.release_id, released.unchanged_rows, store, release, night)
    seen = visible_releases(store)
    newest = seen[-1] if seen else None
    yield from guarded(released.NEWEST, "pub__*", released.newest_is_read, store, newest)
    yield from guarded(released.WHOLE, "pub__*", released.whole_nights_are_read, store, seen)


def verdict_checks(store: RestingStore, found: list[Release]) -> Iterator[Checked]:
    """The verdict behind each release, and the state of each night that was proposed."""
    verdicts = store.arrow("gate__verdicts").to_pylist()
    for release in found:
        if release.verdict == APPROVED:
            yield from guarded(released.PASSED, release.release_id, approved.two_people_approved, store, release)
        else:
            yield from released.passing_verdict(release, verdicts)
    yield from nights.one_state_each(store, found, verdicts)


def delivery_checks(store: RestingStore) -> Iterator[Checked]:
    """Landed files, manifests, and the sum of what became of the rows."""
    rows = store.arrow("ops__deliveries").to_pylist()
    yield from deliveries.landed_files(store, rows)
    yield from deliveries.conserved_rows(rows)
    yield from guarded("refused_rows_are_in_quarantine", "ops__quarantine", deliveries.quarantined_rows, store, rows)


def frozen_versions(scoring_room: Path) -> Iterator[Checked]:
    """Each released version has the files that were released."""
    registry = load_registry(scoring_room / VERSIONS_FILE.name)
    for version, entry in registry.released.items():
        alone = Registry(version, {version: entry})
        yield from guarded(FROZEN, version, _frozen_version, alone, scoring_room)


def _frozen_version(alone: Registry, scoring_room: Path) -> Iterator[Checked]:
    found = AS_RELEASED
    try:
        require_frozen(alone, scoring_room)
    except ReleasedVersionEdited as edited:
        found = str(edited)
    yield compared(FROZEN, alone.active, AS_RELEASED, found, VERSION_STEP)


def summary(outcomes: Iterable[Checked]) -> list[dict]:
    """How many subjects each check looked at, and on how many it does not hold."""
    counts: dict[str, dict] = {}
    for outcome in outcomes:
        row = counts.setdefault(outcome.check, {"check": outcome.check, "subject_count": 0, "broken_count": 0})
        row["subject_count"] += 1
        row["broken_count"] += not outcome.holds
    return list(counts.values())
