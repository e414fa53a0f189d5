"""The event ledger: one hash-chained row per decision about what is published; of versions now, of anything later."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs.catalog import Move
from jobs.digest import named_by_digest
from jobs.errors import CommitConflict
from jobs.failpoints import failpoint
from jobs.ledger import NO_HASH, chained
from jobs.manifest import now
from jobs.storage import MAIN, NAMESPACE, Store, snapshot_id
from jobs.tables import TABLES

TABLE = "pub__events"


@dataclass(frozen=True)
class Event:
    """One row of pub__events; details are plain JSON values, and say all that the type of the event needs."""

    event_number: int
    event_type: str
    subject: str
    details: dict
    made_by: str
    recorded_at: datetime
    previous_hash: str
    chain_hash: str

    def to_row(self) -> dict:
        """The event as a row of pub__events."""
        return {**self.__dict__, "details": json.dumps(self.details, sort_keys=True)}

    def expected_hash(self) -> str:
        """The chain hash that the other columns give."""
        return chained(self.to_row(), TABLE)


@dataclass(frozen=True)
class Decision:
    """What somebody decides, before it has a place in the ledger."""

    event_type: str
    subject: str
    made_by: str
    details: dict


@dataclass(frozen=True)
class OpenLedger:
    """The ledger as it was at one moment: what is decided by its events is appended to exactly them, or not at all."""

    iceberg: Any
    events: tuple[Event, ...]


def events(store: Store) -> list[Event]:
    """The whole event ledger in order; empty, and no table is made, in a store without events."""
    if not store.catalog.table_exists((NAMESPACE, TABLE)):
        return []
    return _events_of(store.arrow(TABLE))


def open_ledger(store: Store) -> OpenLedger:
    """The ledger, opened for one append that follows from what it says."""
    iceberg = store.iceberg(TABLE)
    seen = snapshot_id(iceberg, MAIN)
    return OpenLedger(iceberg, tuple(_events_of(store.arrow(TABLE, snapshot=seen)) if seen else ()))


def append(store: Store, ledger: OpenLedger, decision: Decision, moves: Sequence[Move] = ()) -> Event:
    """Add one event after those of the opened ledger, in one SQL transaction with the moves that it stands for.

    Errors: CommitConflict when another event was added since, or one of the moved tables was moved.
    """
    event = _next_event(ledger.events, decision)
    rows = pa.Table.from_pylist([event.to_row()], schema=TABLES[TABLE].arrow_schema)
    files = [named_by_digest(path) for path in store.write_rows(TABLE, rows)]
    failpoint("events.file_named")
    transaction = ledger.iceberg.transaction()
    transaction.add_files([str(path) for path in files], check_duplicate_files=False)
    try:
        store.catalog.commit_together([*moves, Move(ledger.iceberg, transaction)])
    except CommitConflict as conflict:
        _remove(files)
        raise CommitConflict(
            f"{TABLE}: expected {len(ledger.events)} events, as when {decision.event_type} of {decision.subject} was "
            f"decided; {conflict.args[0].split(';')[0]}. Nothing was recorded; look at the ledger, and decide again."
        ) from conflict
    failpoint("events.appended")
    return event


def _events_of(rows: pa.Table) -> list[Event]:
    ordered = rows.sort_by("event_number").to_pylist()
    return [Event(**{**row, "details": json.loads(row["details"])}) for row in ordered]


def _next_event(earlier: tuple[Event, ...], decision: Decision) -> Event:
    last = earlier[-1] if earlier else None
    unsealed = Event(
        event_number=last.event_number + 1 if last else 1, event_type=decision.event_type, subject=decision.subject,
        details=decision.details, made_by=decision.made_by, recorded_at=now(),
        previous_hash=last.chain_hash if last else NO_HASH, chain_hash="",
    )
    return Event(**{**unsealed.__dict__, "chain_hash": unsealed.expected_hash()})


def _remove(files: list[Path]) -> None:
    """Files that no snapshot names would be read by whoever follows the chain without a catalog."""
    for path in files:
        path.unlink()
        path.parent.rmdir()
