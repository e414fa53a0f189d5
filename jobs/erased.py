"""What the event ledger says was erased: the digests that a released night has since, and how many rows went."""

from collections.abc import Iterable
from dataclasses import dataclass

from jobs.events import Event, events
from jobs.ledger import Release
from jobs.storage import Store

EVENT_TYPE = "person_erased"


@dataclass(frozen=True)
class ErasedNight:
    """A judged night after all erasures; the row count sums over them."""

    files_digest: str
    candidate_digest: str
    erased_row_count: int


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


def as_erased(night: Release, erased: dict[str, ErasedNight]) -> ErasedNight:
    """What a release is now: as it was judged, or as the last erasure left it."""
    return erased.get(night.files_digest) or ErasedNight(night.files_digest, night.candidate_digest, 0)
