"""A candidate: the staged night of the released versions, on a branch where it can be audited and nobody reads it."""

import json
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
from pyiceberg.expressions import EqualTo
from pyiceberg.table.update.snapshot import ManageSnapshots

from jobs.catalog import Move
from jobs.digest import files_digest, joined_digest, night_digest
from jobs.errors import CommitConflict, MissingInput
from jobs.failpoints import failpoint
from jobs.ledger import newest_release
from jobs.manifest import now
from jobs.settings import LIST_FEEDS
from jobs.storage import MAIN, Store, on_day, snapshot_id
from jobs.tables import RELEASED_TABLES, TABLES

BRANCH = "candidate"

STATE = "state"
"""What the inputs of the release before a night go by among its own; a delivery has a folder in its name."""

FROZEN_TABLES = ("core__accounts", "core__posts", "core__interactions", "core__suppressions", "core__identity_links",
                 "core__post_topics", "feature__engagement_days", "feature__engagement_state", "feature__post_state",
                 "feature__coactions", "feature__coordinated_groups", "feature__trust_seeds",
                 "feature__trusted_accounts", "staged__lines", "audit__holds")
"""Tables whose snapshot ids a release freezes, so that the next night and a replay read what this night read."""


@dataclass(frozen=True)
class Candidate:
    """A scored night that waits for its verdict."""

    snapshot_date: date
    candidate_id: str
    candidate_digest: str
    files_digest: str
    input_digest: str
    table_snapshots: dict[str, int]
    recorded_at: datetime


def propose(store: Store, snapshot_date: date) -> Candidate:
    """Put the staged files of a night on the candidate branch and record what they are; copies no row.

    Errors: MissingInput when the night has no scores, with what was delivered for it.
    """
    if not store.files("staged__scores", on_day(snapshot_date)):
        raise MissingInput(
            f"staged__scores holds no rows for {snapshot_date}: {_why_empty(store, snapshot_date)}. Look into "
            f"{store.settings.inbox}/<feed>/{snapshot_date}, then run the night: candor night --date {snapshot_date}")
    frozen = {table: snapshot_id(store.iceberg(table), MAIN) for table in FROZEN_TABLES}
    failpoint("propose.inputs_frozen")
    branches = _branch_day(store, snapshot_date)
    files = {public: store.files(public, on_day(snapshot_date), snapshot=number) for public, number in branches.items()}
    digest, inputs = night_digest(files, snapshot_date), _input_digest(store, snapshot_date)
    candidate = Candidate(
        snapshot_date=snapshot_date, candidate_id=f"{snapshot_date}-{digest[:12]}-{inputs[:6]}",
        candidate_digest=digest, files_digest=files_digest(store.settings.home, files), input_digest=inputs,
        recorded_at=now(),
        table_snapshots={name: number for name, number in {**frozen, **branches}.items() if number},
    )
    failpoint("propose.digested")
    row = {**candidate.__dict__, "table_snapshots": json.dumps(candidate.table_snapshots, sort_keys=True)}
    schema = TABLES["staged__candidates"].arrow_schema
    store.append_rows("staged__candidates", pa.Table.from_pylist([row], schema=schema))
    failpoint("propose.recorded")
    return candidate


def require_newest_state(store: Store, snapshot_date: date, scored_on: str | None) -> None:
    """What is released before a night is what it was scored on; from its proposal on, main says so.

    scored_on: candidate_id of that state, None for none. Errors: CommitConflict.
    """
    newest = newest_release(store, before=snapshot_date)
    if (newest.candidate_id if newest else None) != scored_on:
        raise CommitConflict(f"{snapshot_date} was scored on the state of {scored_on or 'nothing'}, expected that of "
                             f"{newest.release_id if newest else 'nothing'}, the newest release before it. Score the "
                             f"night again: its scores lack what that release brought.")


def scored_on(store: Store, snapshot_date: date) -> str | None:
    """candidate_id of the state that a night was scored on last; errors: MissingInput when no run says it."""
    rows = [row for row in store.arrow("ops__runs", on_day(snapshot_date)).to_pylist() if row["stage"] == "engagement"]
    if not rows:
        raise MissingInput(f"ops__runs holds no scoring of {snapshot_date}; score that night first: "
                           f"python -m jobs.nights.nightly --snapshot-date {snapshot_date}")
    return json.loads(max(rows, key=lambda row: row["recorded_at"])["details"])["state_of"]


def newest_candidate(store: Store, snapshot_date: date) -> Candidate:
    """The candidate proposed last for a day; errors: MissingInput when there is none."""
    rows = store.arrow("staged__candidates", on_day(snapshot_date)).to_pylist()
    if not rows:
        raise MissingInput(f"no candidate for {snapshot_date}; propose one: python -m jobs.publish propose "
                           f"--snapshot-date {snapshot_date}")
    return _candidate_of(max(rows, key=lambda row: row["recorded_at"]))


def candidates(store: Store) -> list[Candidate]:
    """Every candidate that was ever proposed, one row a night and run."""
    return [_candidate_of(row) for row in store.arrow("staged__candidates").to_pylist()]


def _candidate_of(row: dict) -> Candidate:
    return Candidate(**{**row, "table_snapshots": json.loads(row["table_snapshots"])})


def _branch_day(store: Store, snapshot_date: date) -> dict[str, int]:
    """Point the branch of all published tables at main with the day replaced by the staged files; its snapshots."""
    staged = {public: store.files(table, on_day(snapshot_date)) for table, public in RELEASED_TABLES.items()}
    moves = {public: _branched(store, public, snapshot_date, files) for public, files in staged.items()}
    failpoint("propose.branch_made")
    store.catalog.commit_together(list(moves.values()))  # rebased, it would add its files to another run's
    failpoint("propose.branch_filled")
    branches = {public: move.transaction.table_metadata.refs[BRANCH].snapshot_id for public, move in moves.items()}
    for public, number in branches.items():
        store.remember_day(public, number, snapshot_date, staged[public])
    return branches


def _branched(store: Store, public: str, snapshot_date: date, files: list[str]) -> Move:
    iceberg = store.iceberg(public)
    if not snapshot_id(iceberg, MAIN):
        iceberg.append(TABLES[public].arrow_schema.empty_table())  # a branch needs a snapshot to start from
        iceberg = store.iceberg(public)
    main, transaction = snapshot_id(iceberg, MAIN), iceberg.transaction()
    ManageSnapshots(transaction).create_branch(main, BRANCH).commit()
    if store.files(public, on_day(snapshot_date), snapshot=main):
        transaction.delete(EqualTo("snapshot_date", snapshot_date.isoformat()), branch=BRANCH)
    if files:
        transaction.add_files(files, check_duplicate_files=False, branch=BRANCH)
    return Move(iceberg, transaction)


def _why_empty(store: Store, snapshot_date: date) -> str:
    rows = [row for row in _delivered(store, snapshot_date, "feed", "row_count", "kept_row_count")
            if row["feed"] not in LIST_FEEDS]
    if not rows:
        return "no network delivered anything for that day"
    counts = {feed: [sum(row[name] for row in rows if row["feed"] == feed) for name in ("kept_row_count", "row_count")]
              for feed in sorted({row["feed"] for row in rows})}
    told = ", ".join(f"{feed} ({kept:,} of {count:,} rows kept)" for feed, (kept, count) in counts.items())
    return f"delivered were {told}, and nobody reacted to a known post of somebody else, or the night was not scored"


def _input_digest(store: Store, snapshot_date: date) -> str:
    """sha256 over the delivered bytes that the night could read, and those that the state before it was made of."""
    before = newest_release(store, before=snapshot_date)
    rows = _delivered(store, snapshot_date, "feed", "file_name", "file_sha256")
    delivered = {f"{row['feed']}/{row['file_name']}/{row['file_sha256'][:16]}": row["file_sha256"] for row in rows}
    return joined_digest(delivered | ({STATE: before.input_digest} if before else {}))


def _delivered(store: Store, snapshot_date: date, *columns: str) -> list[dict]:
    """Some columns of the deliveries that a night could read."""
    day = f"covers_from_date <= '{snapshot_date}' AND covers_to_date >= '{snapshot_date}'"
    return store.arrow("ops__deliveries", day, columns=list(columns)).to_pylist()
