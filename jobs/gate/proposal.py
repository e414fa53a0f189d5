"""The candidate that is to be judged, exactly as it was proposed: by snapshot ids, never by what a branch holds now."""

import json
from dataclasses import dataclass
from datetime import date

from jobs.errors import MissingInput
from jobs.storage import Store, on_day


@dataclass(frozen=True)
class Proposal:
    """One proposed candidate and the Iceberg snapshots of the tables that it consists of and was made from."""

    snapshot_date: date
    candidate_id: str
    candidate_digest: str
    table_snapshots: dict[str, int]


def find_proposal(
    store: Store, snapshot_date: date, candidate_id: str | None = None, candidate_digest: str | None = None
) -> Proposal:
    """The newest proposal of a night, among those of an id and a digest where they are given.

    Errors: MissingInput when there is none.
    """
    wanted = {"candidate_id": candidate_id, "candidate_digest": candidate_digest}
    asked = {name: value for name, value in wanted.items() if value is not None}
    rows = store.arrow("staged__candidates", on_day(snapshot_date)).to_pylist()
    found = [row for row in rows if all(row[name] == value for name, value in asked.items())]
    if not found:
        known = ", ".join(sorted({row["candidate_id"] for row in rows})) or "none"
        raise MissingInput(
            f"staged__candidates: expected a candidate for {snapshot_date} with {asked or 'any id'}, got {known}. "
            f"Propose one: python -m jobs.publish propose --snapshot-date {snapshot_date}"
        )
    newest = max(found, key=lambda row: row["recorded_at"])
    snapshots = json.loads(newest["table_snapshots"])
    return Proposal(snapshot_date, newest["candidate_id"], newest["candidate_digest"], snapshots)
