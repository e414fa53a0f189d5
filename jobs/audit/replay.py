"""Replay: a released night computed again from what it froze, beside what was released. Nothing is committed."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from jobs.digest import joined_digest, rows_digest
from jobs.erased import as_erased, erased_nights
from jobs.errors import MissingInput, PipelineError
from jobs.ledger import Release, behind, releases
from jobs.schema import Table
from jobs.storage import Store, on_day
from jobs.tables import TABLES

REPLAYED = {"staged__scores": "pub__scores", "staged__contributions": "pub__contributions",
            "staged__evidence": "pub__evidence"}
"""What one version says of one night; pub__changes compares two nights and is no part of it."""

STATES = ("feature__engagement_state", "feature__post_state")
"""What a night hands on to the next one."""

FIRST_DIFFERENCES = 5
"""Differing rows shown of each table: enough to see what kind of difference it is."""

Files = dict[str, list[str]]
"""The files of each table."""


class FrozenStore(Store):
    """A store as one release froze it: it reads those snapshots, writes into a scratch folder, and commits nothing.

    What a stage stages for the night is read back by the stages after it, as in the night itself.
    """

    def __init__(self, store: Store, release: Release, scratch: Path):
        super().__init__(store.settings)
        self.release, self.scratch = release, scratch
        self.staged: Files = {}

    def files(self, table: str, where: str | None = None, branch: str | None = None,
              snapshot: int | None = None) -> list[str]:
        """The staged files of a table, else those of its frozen snapshot; none when the release froze none."""
        if snapshot is None and table in self.staged:
            return self.staged[table]
        return super().files(table, where, branch, snapshot)

    def fresh_folder(self, table: str) -> Path:
        """A folder for new files, outside the store."""
        return self.scratch / table / uuid.uuid4().hex

    def replace_day(self, table: str, snapshot_date: date, paths) -> None:
        """Keep the files of the night for the stages that follow; nobody else sees them."""
        self.staged[table] = [str(path) for path in paths]

    def append_files(self, table: str, paths, branch: str = "") -> None:
        """Refuse: a replay commits nothing; errors: PipelineError."""
        raise PipelineError(f"a replay of {self.release.release_id} tried to commit to {table}; it may only read.")

    @property
    def _frames(self) -> Path:
        return self.scratch / "frames"

    def _chosen(self, table: str, branch: str | None, snapshot: int | None) -> int | None:
        return snapshot or self.release.table_snapshots.get(table)


@dataclass(frozen=True)
class Compared:
    """One table of a night, as it was released or frozen, and as the replay made it."""

    table: str
    released_digest: str
    replayed_digest: str
    differences: list[dict]


@dataclass(frozen=True)
class Replay:
    """What a replay came to; differences are empty when the digests are equal.

    erased_row_count: rows of the release that were erased since; then scores of those whom the erased people reacted to
    no longer follow from what is left, and a difference is no finding.
    """

    release_id: str
    snapshot_date: date
    algorithm_version: str
    tables: list[Compared]
    erased_row_count: int = 0

    @property
    def released_digest(self) -> str:
        """One digest over the released rows of all compared tables."""
        return joined_digest({one.table: one.released_digest for one in self.tables})

    @property
    def replayed_digest(self) -> str:
        """One digest over the replayed rows of all compared tables."""
        return joined_digest({one.table: one.replayed_digest for one in self.tables})

    @property
    def is_equal(self) -> bool:
        """Whether the replay says what the release says, to the byte of every row."""
        return self.released_digest == self.replayed_digest


Rescore = Callable[[FrozenStore, str, str | None], Files]
"""Scores a frozen night with one version, given its stale networks; the staged files by staged table."""

Refold = Callable[[FrozenStore, Release | None, str | None], None]
"""Stages topics and engagement of a frozen night anew, from the release before it and a lexicon version."""


def replay_scores(store: Store, release: Release, version: str, rescore: Rescore) -> Replay:
    """Score a released night again from its frozen state, and compare the three published tables of one version.

    Errors: MissingInput when the release does not hold the version.
    """
    day = on_day(release.snapshot_date)
    where = f"{day} AND algorithm_version = '{_held(store, release, version)}'"
    with frozen(store, release) as night:
        stale = _one_value(night, "pub__scores", "stale_networks", where)
        made = rescore(night, version, stale)
        compared = [compare(TABLES[public], night.files(public, day), made[staged], where)
                    for staged, public in REPLAYED.items()]
    erased = as_erased(release, erased_nights(store)).erased_row_count
    return Replay(release.release_id, release.snapshot_date, version, compared, erased)


def replay_state(store: Store, release: Release, refold: Refold) -> Replay:
    """Fold the day into the state of the release before it again, and compare with the states that were frozen."""
    day = on_day(release.snapshot_date)
    with frozen(store, release) as night:
        lexicon = _one_value(night, "core__post_topics", "lexicon_version", day)
        kept = {table: night.files(table, day) for table in STATES}
        refold(night, release_before(store, release), lexicon)
        compared = [compare(TABLES[table], kept[table], night.files(table, day), day) for table in STATES]
    return Replay(release.release_id, release.snapshot_date, "", compared)


def with_state(scores: Replay, state: Replay) -> Replay:
    """Both checks of one release as one result."""
    return replace(scores, tables=[*scores.tables, *state.tables])


def find_release(store: Store, snapshot_date: date, release_id: str | None = None) -> Release:
    """The newest release of a night, or the one of an id; errors: MissingInput naming those there are."""
    ledger = releases(store)
    own = [release for release in ledger if release.snapshot_date == snapshot_date]
    found = [release for release in own if release_id in (None, release.release_id)]
    if not found:
        known = ", ".join(release.release_id for release in own) or "none"
        raise MissingInput(
            f"pub__releases: expected {release_id or 'a release'} of {snapshot_date}, got {known}. "
            "Choose one of these; `candor status` shows which nights are released."
        )
    return found[-1]


def release_before(store: Store, release: Release) -> Release | None:
    """The release whose state a night went on from: the last one of an earlier night that was there by then."""
    there = [one for one in behind(store, release) if one.snapshot_date < release.snapshot_date]
    return max(there, key=lambda one: (one.snapshot_date, one.release_number), default=None)


@contextmanager
def frozen(store: Store, release: Release) -> Iterator[FrozenStore]:
    """A store as a release froze it; what is written is removed at the end."""
    scratch = store.settings.home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="replay-", dir=scratch) as folder:
        yield FrozenStore(store, release, Path(folder))


def compare(table: Table, released: list[str], replayed: list[str], where: str) -> Compared:
    """Digests of the rows of two sets of files, and the first rows that are on one side only."""
    with duckdb.connect() as connection:
        digests = [rows_digest(connection, table, files, where) for files in (released, replayed)]
        differences = []
        if digests[0] != digests[1]:
            differences = _first_differences(connection, table, {"released": released, "replayed": replayed}, where)
    return Compared(table.name, *digests, differences)


def _first_differences(
    connection: duckdb.DuckDBPyConnection, table: Table, sides: Files, where: str
) -> list[dict]:
    """The first rows by key that one side does not have as the other does, with the columns that differ."""
    for side, files in sides.items():
        rows = connection.read_parquet(files) if files else connection.from_arrow(table.arrow_schema.empty_table())
        rows.filter(where).project(", ".join(table.column_names)).create_view(side)
    key = ", ".join(table.key)
    keys = f"""
        SELECT DISTINCT {key}
        FROM ((FROM released EXCEPT ALL FROM replayed) UNION ALL (FROM replayed EXCEPT ALL FROM released))
        ORDER BY {key}
        LIMIT {FIRST_DIFFERENCES}
    """
    differing = connection.sql(keys).fetchall()
    found = {side: _rows_of(connection, table, side, differing) for side in sides}
    return [_difference(table, row, found["released"].get(row), found["replayed"].get(row)) for row in differing]


def _rows_of(connection: duckdb.DuckDBPyConnection, table: Table, side: str, keys: list[tuple]) -> dict[tuple, dict]:
    same = " AND ".join(f"{name} IS NOT DISTINCT FROM ?" for name in table.key)
    rows = {}
    for key in keys:
        if values := connection.execute(f"FROM {side} WHERE {same}", key).fetchone():
            rows[key] = dict(zip(table.column_names, values, strict=True))
    return rows


def _difference(table: Table, key: tuple, released: dict | None, replayed: dict | None) -> dict:
    columns = [name for name in table.column_names if (released or {}).get(name) != (replayed or {}).get(name)]
    return {
        "key": dict(zip(table.key, key, strict=True)),
        "released": {name: released[name] for name in columns} if released else None,
        "replayed": {name: replayed[name] for name in columns} if replayed else None,
    }


def _held(store: Store, release: Release, version: str) -> str:
    """The version, when the release holds it."""
    files = store.files("pub__scores", on_day(release.snapshot_date), snapshot=release.table_snapshots["pub__scores"])
    with duckdb.connect() as connection:
        rows = connection.read_parquet(files).select("algorithm_version").distinct().order("ALL").fetchall()
    held = [name for [name] in rows]
    if version not in held:
        raise MissingInput(
            f"{release.release_id} holds no scores of {version!r}; it holds {', '.join(held)}. Replay one of these."
        )
    return version


def _one_value(night: FrozenStore, table: str, column: str, where: str) -> str | None:
    """What every row of the night says in a column; null where there is no row."""
    files = night.files(table, on_day(night.release.snapshot_date))
    if not files:
        return None
    with duckdb.connect() as connection:
        found = connection.read_parquet(files).filter(where).select(column).distinct().fetchall()
    if len(found) > 1:
        raise PipelineError(f"{table} of {night.release.release_id}: expected one {column}, got {len(found)}.")
    return found[0][0] if found else None
