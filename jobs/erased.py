"""What the event ledger says was erased: the digests that a released night has since, and how many rows went."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pyarrow as pa

from jobs.events import Event, events
from jobs.ledger import Release
from jobs.storage import Store

EVENT_TYPE = "person_erased"

AUTHORS = "staged__scores"
"""Where an erasure counts the scores that go; published scores lie in the same files."""


@dataclass(frozen=True)
class ErasedNight:
    """A judged night after all erasures; the row count sums over them."""

    files_digest: str
    candidate_digest: str
    erased_row_count: int


@dataclass(frozen=True)
class ErasedSince:
    """The erasures after a release, by the proof records.

    account_count: accounts erased, all erasures together, whether or not the release knew them. row_count: released
    rows of the night that went. is_author_among: whether anybody erased had a row of a score in any night.
    """

    erasure_count: int = 0
    account_count: int = 0
    row_count: int = 0
    is_author_among: bool = False

    def to_arrow(self) -> pa.Table:
        """One row, for statements that ask what the erasures account for."""
        return pa.Table.from_pylist([asdict(self)])


def erased_nights(store: Store) -> dict[str, ErasedNight]:
    """Nights that erasures changed, by the files_digest that they were judged with."""
    return erased_by(events(store))


def erased_by(ledger: Iterable[Event]) -> dict[str, ErasedNight]:
    """The same of given events; a later erasure counts on from an earlier one."""
    found: dict[str, ErasedNight] = {}
    for event in ledger:
        if event.event_type == EVENT_TYPE:
            for judged, night in event.details["nights"].items():
                earlier = found[judged].erased_row_count if judged in found else 0
                found[judged] = ErasedNight(night["files_digest"], night["candidate_digest"],
                                            earlier + night["erased_row_count"])
    return found


def erased_since(store: Store, release: Release) -> ErasedSince:
    """What was erased after a release, and is missing from it when it is computed again."""
    later = [event for event in events(store)
             if event.event_type == EVENT_TYPE and event.recorded_at >= release.recorded_at]
    rows = [event.details["tables"].get(AUTHORS, {}).get("erased_row_count", 0) for event in later]
    return ErasedSince(
        len(later), sum(event.details["account_count"] for event in later),
        as_erased(release, erased_by(later)).erased_row_count, any(rows))


def as_erased(night: Release, erased: dict[str, ErasedNight]) -> ErasedNight:
    """What a release is now: as it was judged, or as the last erasure left it."""
    return erased.get(night.files_digest) or ErasedNight(night.files_digest, night.candidate_digest, 0)
