"""Publishing: every published table and the ledger move together, or nothing moves."""

import pyarrow as pa

from jobs.catalog import Move
from jobs.digest import named_by_digest
from jobs.errors import CommitConflict, NightBlocked
from jobs.ledger import NO_HASH, PUBLISHABLE, Release, chained, newest_release, releases
from jobs.manifest import now
from jobs.publish.candidate import Candidate
from jobs.storage import MAIN, Store, on_day, snapshot_id
from jobs.tables import RELEASED_TABLES, TABLES


def release(store: Store, candidate: Candidate) -> Release:
    """Move main of all published tables to the candidate and append the ledger row, in one SQL transaction.

    A candidate that says the same as the newest release of its night publishes nothing new and returns that release.
    Errors: NightBlocked without a passing verdict of this very digest; CommitConflict when main has moved since.
    """
    verdict = _require_verdict(store, candidate)
    earlier = newest_release(store, on=candidate.snapshot_date)
    if earlier and (earlier.candidate_digest, earlier.input_digest) == (
            candidate.candidate_digest, candidate.input_digest):
        return earlier
    row = _ledger_row(store, candidate, verdict, earlier)
    moves = [_fast_forward(store, table, candidate.table_snapshots[table])
             for table in RELEASED_TABLES.values() if table in candidate.table_snapshots]
    store.catalog.commit_together([*moves, _append_row(store, row)])
    return row


def _require_verdict(store: Store, candidate: Candidate) -> str:
    """The newest verdict over this digest; anything but a publishable one stops here, whoever asks."""
    rows = store.arrow("gate__verdicts", on_day(candidate.snapshot_date)).to_pylist()
    own = [row for row in rows if row["candidate_digest"] == candidate.candidate_digest
           and row["candidate_id"] == candidate.candidate_id]
    verdict = max(own, key=lambda row: row["recorded_at"], default={"verdict": "none"})["verdict"]
    if verdict not in PUBLISHABLE:
        raise NightBlocked(
            f"candidate {candidate.candidate_id} has verdict {verdict!r}; expected one of {', '.join(PUBLISHABLE)}. "
            f"Nothing was published. See: candor status"
        )
    return verdict


def _ledger_row(store: Store, candidate: Candidate, verdict: str, restated: Release | None) -> Release:
    ledger = releases(store)
    last = ledger[-1] if ledger else None
    number = last.release_number + 1 if last else 1
    columns = {
        "release_number": number, "release_id": f"r{number:06d}-{candidate.candidate_id}",
        "snapshot_date": candidate.snapshot_date, "candidate_id": candidate.candidate_id,
        "candidate_digest": candidate.candidate_digest, "files_digest": candidate.files_digest,
        "input_digest": candidate.input_digest, "table_snapshots": candidate.table_snapshots, "verdict": verdict,
        "restates_release_id": restated.release_id if restated else None, "recorded_at": now(),
        "previous_hash": last.chain_hash if last else NO_HASH,
    }
    unsealed = Release(**columns, chain_hash="")
    return Release(**columns, chain_hash=chained(unsealed.to_row()))


def _fast_forward(store: Store, table: str, candidate_snapshot: int) -> Move:
    """Main set to the audited snapshot, provided that it was built on what main is now."""
    iceberg = store.iceberg(table)
    base = snapshot_id(iceberg, MAIN)
    if base not in _ancestors(iceberg, candidate_snapshot):
        raise CommitConflict(f"{table} was released by another run after this candidate was proposed "
                             f"(main is at {base}). Nothing was published; run the night again.")
    transaction = iceberg.transaction()
    updates, requirements = transaction._set_ref_snapshot(candidate_snapshot, MAIN, "branch")
    transaction._apply(updates, requirements)
    return Move(iceberg, transaction)


def _ancestors(iceberg, number: int) -> set[int]:
    """A snapshot and those that it was built on."""
    found: set[int] = set()
    current: int | None = number
    while current is not None:
        found.add(current)
        snapshot = iceberg.snapshot_by_id(current)
        current = snapshot.parent_snapshot_id if snapshot else None
    return found


def _append_row(store: Store, row: Release) -> Move:
    """The ledger with one more file, named by its digest: the chain covers the row, the name covers every byte."""
    rows = pa.Table.from_pylist([row.to_row()], schema=TABLES["pub__releases"].arrow_schema)
    files = [str(named_by_digest(path)) for path in store.write_rows("pub__releases", rows)]
    iceberg = store.iceberg("pub__releases")
    transaction = iceberg.transaction()
    transaction.add_files(files, check_duplicate_files=False)
    return Move(iceberg, transaction)
