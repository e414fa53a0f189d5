"""Holds that somebody released: which, by whom, and why. Pure, but for the ledger that is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import pyarrow as pa

from jobs.approvals import is_reasoned, ledger_faults, person
from jobs.events import Event

HOLD_RELEASED = "hold_released"
"""Somebody's word that one held score may be shown as it is computed; subject: the keyed digest of the person."""

COLUMNS = pa.schema([
    ("person_digest", pa.string()), ("topic_id", pa.string()), ("algorithm_version", pa.string()),
    ("scored_date", pa.date32()), ("held_delta", pa.decimal128(9, 4)),
])
"""What a night needs to know of a released hold: the score that it showed, and the move that it did not."""


@dataclass(frozen=True)
class HoldRelease:
    """One hold that was released.

    person_digest: HMAC-SHA-256 of the person id under the key key_id of the event ledger. held_date: the night that
    held the score; scored_date: the night whose score it showed; held_delta: the move that it did not show, in points.
    """

    person_digest: str
    key_id: str
    topic_id: str
    algorithm_version: str
    held_date: date
    scored_date: date
    held_delta: Decimal
    reason: str
    made_by: str
    recorded_at: datetime

    def to_details(self) -> dict:
        """What the event says besides its subject, person and moment."""
        return {"key_id": self.key_id, "topic_id": self.topic_id, "algorithm_version": self.algorithm_version,
                "held_date": self.held_date.isoformat(), "scored_date": self.scored_date.isoformat(),
                "held_delta": str(self.held_delta), "reason": self.reason}


def hold_releases(events: Sequence[Event]) -> list[HoldRelease]:
    """The holds that the events of a whole ledger release; none in a broken chain: the scores then stay held."""
    return [] if ledger_faults(events) else list(_told(events))


def rows_under(key_id: str, releases: Sequence[HoldRelease]) -> pa.Table:
    """The releases under one key as rows of COLUMNS; those under another key name nobody who could be found."""
    named = [release for release in releases if release.key_id == key_id]
    return pa.Table.from_pylist([{name: getattr(one, name) for name in COLUMNS.names} for one in named], COLUMNS)


def _told(events: Sequence[Event]) -> Iterator[HoldRelease]:
    for event in events:
        if event.event_type == HOLD_RELEASED and person(event.made_by) and is_reasoned(event):
            try:
                yield _release(event)
            except (KeyError, TypeError, ValueError, InvalidOperation):
                continue


def _release(event: Event) -> HoldRelease:
    told = event.details
    return HoldRelease(
        event.subject, told["key_id"], told["topic_id"], told["algorithm_version"],
        date.fromisoformat(told["held_date"]), date.fromisoformat(told["scored_date"]), Decimal(told["held_delta"]),
        told["reason"], event.made_by, event.recorded_at)
