"""Replay: a released night computed again from what it froze, beside what was released. Nothing is committed."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from jobs.audit.differences import TableDifference, compare
from jobs.audit.holding.kept import HELD
from jobs.digest import joined_digest
from jobs.erased import ErasedSince, erased_since
from jobs.errors import MissingInput, PipelineError
from jobs.ledger import Release, behind, releases
from jobs.storage import Store, on_day

REPLAYED = {"staged__scores": "pub__scores", "staged__contributions": "pub__contributions",
            "staged__evidence": "pub__evidence"}
"""What one version says of one night; pub__changes compares two nights and is no part of it."""

STATES = ("feature__engagement_state", "feature__post_state")
"""What a night hands on to the next one."""

Files = dict[str, list[str]]
"""The files of each table."""


class FrozenStore(Store):
    """A store as one release froze it: it reads those snapshots, writes into a scratch folder, and commits nothing.

    What a stage stages for the night is read back by the stages after it, as in the night itself.
    """

    def __init__(self, store: Store, release: Release, scratch: Path):
        super().__init__(store.settings)
        self.release, self.scratch = release, scratch
        self._frames = scratch / "frames"
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

    def _chosen(self, table: str, branch: str | None, snapshot: int | None) -> int | None:
        return snapshot or self.release.table_snapshots.get(table)


@dataclass(frozen=True)
class Replay:
    """What a replay came to; differences are empty when the digests are equal.

    erased: what was erased since; scores of those whom the erased people reacted to no longer follow from what is left.
    """

    release_id: str
    snapshot_date: date
    algorithm_version: str
    tables: list[TableDifference]
    erased: ErasedSince = ErasedSince()

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

    @property
    def follows(self) -> bool:
        """Whether the release follows from what it froze: equal, but for what the erasures since account for."""
        is_accounted = not any(one.unaccounted_row_count for one in self.tables)
        return self.is_equal or (bool(self.erased.erasure_count) and is_accounted)


Rescore = Callable[[FrozenStore, str, str | None], Files]
"""Scores a frozen night with one version, given its stale networks; the staged files by staged table."""

Refold = Callable[[FrozenStore, Release | None, str | None], None]
"""Stages topics and engagement of a frozen night again, from the release before it and a lexicon version."""


def replay_scores(store: Store, release: Release, version: str, rescore: Rescore) -> Replay:
    """Score a released night again from its frozen state, and compare the three published tables of one version.

    Errors: MissingInput when the release does not hold the version.
    """
    day = on_day(release.snapshot_date)
    where = f"{day} AND algorithm_version = '{_held(store, release, version)}'"
    erased = erased_since(store, release)
    with frozen(store, release) as night:
        of_the_night = f"{where} AND state <> '{HELD}'"  # a held row says what was late on the night it came from
        stale = _one_value(night, "pub__scores", "stale_networks", of_the_night)
        made = rescore(night, version, stale)
        sides = {public: {"released": night.files(public, day), "replayed": made[staged]}
                 for staged, public in REPLAYED.items()}
        return Replay(release.release_id, release.snapshot_date, version, compare(sides, where, erased), erased)


def replay_state(store: Store, release: Release, refold: Refold) -> Replay:
    """Fold the day into the state of the release before it again, and compare with the states that were frozen."""
    day, erased = on_day(release.snapshot_date), erased_since(store, release)
    with frozen(store, release) as night:
        lexicon = _one_value(night, "core__post_topics", "lexicon_version", day)
        kept = {table: night.files(table, day) for table in STATES}
        refold(night, release_before(store, release), lexicon)
        sides = {table: {"released": kept[table], "replayed": night.files(table, day)} for table in STATES}
        return Replay(release.release_id, release.snapshot_date, "", compare(sides, day, erased), erased)


def with_state(scores: Replay, state: Replay) -> Replay:
    """Both checks of one release as one result."""
    return replace(scores, tables=[*scores.tables, *state.tables])


def find_release(store: Store, snapshot_date: date, release_id: str | None = None) -> Release:
    """The newest release of a night, or the one of an id; errors: MissingInput naming those there are."""
    ledger = releases(store)
    own = [release for release in ledger if release.snapshot_date == snapshot_date]
    found = [release for release in own if release_id in (None, release.release_id)]
    if not found:
        known = ", ".join(release.release_id for release in own)
        raise MissingInput(
            f"pub__releases: expected {release_id or 'a release'} of {snapshot_date}, got {known or 'none'}. "
            f"{'Choose one of these; ' if known else ''}`candor status` shows which nights are released."
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
    """What all chosen rows of the night say in a column; null where there is none."""
    files = night.files(table, on_day(night.release.snapshot_date))
    if not files:
        return None
    with duckdb.connect() as connection:
        found = connection.read_parquet(files).filter(where).select(column).distinct().fetchall()
    if len(found) > 1:
        raise PipelineError(f"{table} of {night.release.release_id}: expected one {column}, got {len(found)}.")
    return found[0][0] if found else None
