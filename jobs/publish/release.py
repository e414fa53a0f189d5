"""Publishing: every published table and the ledger move together, or nothing moves."""

import pyarrow as pa

from jobs.catalog import Move, steps_back
from jobs.digest import named_by_digest
from jobs.errors import CommitConflict, NightBlocked
from jobs.failpoints import failpoint
from jobs.ledger import NO_HASH, Release, chained, newest_release, releases, visible_releases
from jobs.manifest import now
from jobs.publish.basis import commit, require_basis
from jobs.publish.candidate import Candidate
from jobs.publish.pointing import main_set_to
from jobs.storage import MAIN, Store, snapshot_id
from jobs.tables import RELEASED_TABLES, TABLES


def release(store: Store, candidate: Candidate) -> Release:
    """Move main of all published tables to the candidate and append the ledger row, in one SQL transaction.

    A candidate that says the same as the newest release of its night publishes nothing new and returns that release.
    Errors: NightBlocked without a passing verdict of this very digest, or the approval of two people;
    CommitConflict when main has moved since.
    """
    basis = require_basis(store, candidate)
    failpoint("release.verdict_read")
    seen = newest_release(store, on=candidate.snapshot_date)
    if _is_same(seen, candidate):
        return seen
    _require_not_withdrawn(store, candidate)
    row = _ledger_row(store, candidate, basis.verdict)
    failpoint("release.ledger_read")
    moves = [_fast_forward(store, table, candidate.table_snapshots[table])
             for table in RELEASED_TABLES.values() if table in candidate.table_snapshots]
    moves.append(_row_appended(store, row))
    failpoint("release.moves_prepared")
    commit(store, row, moves, basis)
    failpoint("release.published")
    return row


def _require_not_withdrawn(store: Store, candidate: Candidate) -> None:
    """What somebody rolled back does not come back by a rerun; errors: NightBlocked."""
    seen = {release.release_number for release in visible_releases(store)}
    for release in releases(store):
        if release.release_number not in seen and _is_same(release, candidate):
            raise NightBlocked(
                f"candidate {candidate.candidate_id} is what {release.release_id} published, which was rolled back; "
                f"expected other rows. To bring it back: candor rollback {release.release_id}"
            )


def _is_same(release: Release | None, candidate: Candidate) -> bool:
    """Whether a release says the same, from the same inputs."""
    return release is not None and (release.candidate_digest, release.input_digest) == (
        candidate.candidate_digest, candidate.input_digest)


def _ledger_row(store: Store, candidate: Candidate, verdict: str) -> Release:
    """The next row; of the releases of its night it restates the last one, also one that was rolled back."""
    ledger = releases(store)
    restated = max((release for release in ledger if release.snapshot_date == candidate.snapshot_date),
                   key=lambda release: release.release_number, default=None)
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
    """Main set to the audited snapshot, provided that it was built on what main is now, and on nothing after it."""
    iceberg = store.iceberg(table)
    base = snapshot_id(iceberg, MAIN)
    released = {release.table_snapshots.get(table) for release in releases(store)}
    if _last_released(iceberg, candidate_snapshot, released | {base}) != base:
        raise CommitConflict(f"{table} was released or rolled back by another run after this candidate was proposed "
                             f"(main is at {base}). Nothing was published; run the night again.")
    return main_set_to(iceberg, candidate_snapshot)


def _last_released(iceberg, number: int, released: set[int | None]) -> int | None:
    """The nearest released snapshot that a snapshot was built on: after a rollback it is not what main is."""
    return next((step for step in steps_back(iceberg, number) if step in released), None)


def _row_appended(store: Store, row: Release) -> Move:
    """The ledger with one more file, named by its digest: the chain covers the row, the name covers every byte."""
    rows = pa.Table.from_pylist([row.to_row()], schema=TABLES["pub__releases"].arrow_schema)
    files = [str(named_by_digest(path)) for path in store.write_rows("pub__releases", rows)]
    failpoint("release.ledger_file_named")
    return store.appended("pub__releases", files)
