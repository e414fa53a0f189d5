"""A release that the gate blocked: two people approved this very candidate and verdict, and were in time (I9)."""

from collections.abc import Iterator

from expectations.contract import load_invariants, waivable_names
from jobs.approvals import RELEASE_APPROVED, approved
from jobs.events import Event, events
from jobs.ledger import Release
from jobs.storage import Store
from jobs.verdicts import RecordedVerdict, recorded_verdicts
from jobs.verifying.checked import Checked, checked
from jobs.verifying.released import PASSED, UNJUDGED

EXPECTED = "blocked by what people may waive, and approved by two of them before it was released"


def two_people_approved(store: Store, release: Release) -> Iterator[Checked]:
    """The rules of approval hold for the events that were there when the release was published."""
    found = "; ".join(_missing(store, release)) or "approved"
    yield checked(PASSED, release.release_id, found == "approved", EXPECTED, found, UNJUDGED)


def _missing(store: Store, release: Release) -> tuple[str, ...]:
    ledger = events(store)
    said = [event for event in ledger if event.event_type == RELEASE_APPROVED and event.subject == release.release_id]
    if len(said) != 1:
        return (f"{len(said)} events say by whom it was approved",)
    recorded = _verdict_of(store, release, said[0])
    if recorded is None:
        return ("the gate recorded no such verdict over this candidate",)
    return approved(ledger[:said[0].event_number - 1], recorded, _not_hard(recorded), release.recorded_at).missing


def _verdict_of(store: Store, release: Release, said: Event) -> RecordedVerdict | None:
    """The last verdict over the candidate before it was released, provided that it is the one that was approved."""
    own = [one for one in recorded_verdicts(store, release.snapshot_date)
           if one.candidate_id == release.candidate_id and one.recorded_at <= release.recorded_at]
    is_meant = own and (own[-1].candidate_digest, own[-1].verdict_digest) == (
        release.candidate_digest, said.details["verdict_digest"])
    return own[-1] if is_meant else None


def _not_hard(recorded: RecordedVerdict) -> frozenset[str]:
    """What blocked it, without what is hard today; a check that has gone since was judged when it was there."""
    hard = {invariant.name for invariant in load_invariants()} - waivable_names()
    return frozenset(set(recorded.blocking) - hard)
