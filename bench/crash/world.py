"""The store that nights are killed on: a small world, some nights lived, and what the engine wrote in each.

A night is computed once, by the engine. After that its files are committed again by the same calls in the same order,
so that a thousand nights can be killed for the price of their commits, their gate and their release.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from unittest.mock import patch

from pyiceberg.catalog.sql import IcebergTables
from sqlalchemy import create_engine, delete, insert, select

from jobs.demo.world import make_world
from jobs.errors import PipelineError
from jobs.failpoints import failpoint
from jobs.ledger import newest_release
from jobs.manifest import Run
from jobs.nights.night import run_night
from jobs.nights.results import NightResult
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import MAIN, Store

PEOPLE = 200
"""The smallest world that the demo makes."""

NETWORKS = ("mailinglist",)
"""One network and three lists load in half a second; the kills are of the protocol, not of the connectors."""

LIVED = (date(2030, 1, 15), date(2030, 1, 16))
NEXT = (date(2030, 1, 17), date(2030, 1, 18))
"""Nights that are released before the first kill, and nights that are killed."""

NO_ENGINE = ("core__posts", "core__interactions", "core__accounts", "core__suppressions", "core__identity_links")
CATALOG_ROWS = "catalog_rows.json"
COMPUTED = ("core__", "feature__", "staged__", "audit__")


@dataclass(frozen=True)
class CrashWorld:
    """A folder that holds the store, the template that it is put back from, and the files of the computed nights."""

    folder: Path
    catalog_uri: str = ""

    @property
    def settings(self) -> Settings:
        """The settings of the store; its place never changes, because Iceberg metadata holds whole paths."""
        return Settings(home=self.folder / "store", networks=NETWORKS, catalog_uri=self.catalog_uri)

    @property
    def template(self) -> Path:
        """The store as it was before the first night that is killed."""
        return self.folder / "template"

    @property
    def computed(self) -> Path:
        """What the engine wrote, night by night."""
        return self.folder / "computed"

    def restore(self) -> None:
        """Put the store back to the moment before the first night that is killed."""
        shutil.rmtree(self.settings.home, ignore_errors=True)
        shutil.copytree(self.template, self.settings.home)
        if self.catalog_uri:
            restore_rows(self.catalog_uri, self.template / CATALOG_ROWS)

    def undisturbed(self) -> dict[date, str]:
        """The candidate digest of each night that ran undisturbed."""
        kept = json.loads((self.computed / "digests.json").read_text())
        return {date.fromisoformat(day): digest for day, digest in kept.items()}


def keep_rows(address: str, file: Path) -> None:
    """Keep the pointers of a catalog that is not a file of the store."""
    with create_engine(address).connect() as connection:
        rows = connection.execute(select(IcebergTables.__table__)).mappings()
        file.write_text(json.dumps([dict(row) for row in rows]))


def restore_rows(address: str, file: Path) -> None:
    """Put the pointers of a catalog back."""
    engine, table = create_engine(address), IcebergTables.__table__
    with engine.begin() as connection:
        connection.execute(delete(table))
        connection.execute(insert(table), json.loads(file.read_text()))
    engine.dispose()


class RememberingStore(Store):
    """A store that keeps a copy of what the engine's stages commit."""

    def __init__(self, settings: Settings, kept: Path):
        super().__init__(settings)
        self._kept = kept
        self._commits: list[dict] = []

    def append_files(self, table: str, paths: Iterable[Path | str], branch: str = MAIN) -> int | None:
        """Append, and keep a copy."""
        files = list(paths)
        self._keep_copy("append", table, None, files)
        return super().append_files(table, files, branch)

    def replace_day(self, table: str, snapshot_date: date, paths: Iterable[Path | str],
                    beside: Mapping[str, Iterable[Path | str]] | None = None) -> int | None:
        """Replace, and keep a copy."""
        files = list(paths)
        self._keep_copy("replace", table, snapshot_date, files)
        return super().replace_day(table, snapshot_date, files, beside)

    def write_night(self, day: date) -> None:
        """Write the commits since the last night into the folder of this one."""
        folder = self._kept / day.isoformat()
        folder.mkdir(parents=True)
        (folder / "commits.json").write_text(json.dumps(self._commits))
        self._commits = []

    def _keep_copy(self, way: str, table: str, day: date | None, files: list) -> None:
        if table.startswith(COMPUTED) and table not in (*NO_ENGINE, "staged__candidates"):
            copies = [self._copy(Path(file), len(self._commits), number) for number, file in enumerate(files)]
            self._commits.append({"way": way, "table": table, "files": copies})

    def _copy(self, file: Path, commit: int, number: int) -> str:
        self._kept.mkdir(parents=True, exist_ok=True)
        target = self._kept / f"{file.parent.name}-{commit}-{number}.parquet"
        return str(shutil.copy(file, target))


def build(world: CrashWorld) -> None:
    """Make the world, live its first nights, keep the store, and compute the nights that will be killed."""
    make_world(world.settings.home, people=PEOPLE, days=(NEXT[-1] - date(2030, 1, 1)).days + 1)
    store, digests = RememberingStore(world.settings, world.computed), {}
    with open_session(world.settings, "crash world") as spark:
        for day in (*LIVED, *NEXT):
            if day == NEXT[0]:
                shutil.copytree(world.settings.home, world.template)
                if world.catalog_uri:
                    keep_rows(world.catalog_uri, world.template / CATALOG_ROWS)
            _require_released(run_night(spark, store, day, lambda stage: None))
            store.write_night(day)
            digests[day.isoformat()] = newest_release(store, on=day).candidate_digest
    (world.computed / "digests.json").write_text(json.dumps(digests))


def _require_released(result: NightResult) -> None:
    if not result.release_number:
        raise PipelineError(f"{result.snapshot_date} of the crash world: expected a release, the gate blocked it by "
                            f"{', '.join(result.blocked_by)}. Nights that are not released cannot be compared.")


@contextmanager
def computed_nights(world: CrashWorld) -> Iterator[None]:
    """Have the stages of jobs.nights.night that need an engine commit what it wrote when the night was computed."""

    def stage_night(spark, store: Store, snapshot_date: date, base, run: Run) -> None:
        commit_again(world, store, snapshot_date, ("core__", "feature__"))
        failpoint("night.engagement_written")
        commit_again(world, store, snapshot_date, ("staged__",))
        failpoint("night.scored")

    def audit_night(spark, store: Store, snapshot_date: date, run: Run) -> None:
        commit_again(world, store, snapshot_date, ("audit__",))
        failpoint("night.audited")

    with patch("jobs.nights.night.stage_night", stage_night), patch("jobs.nights.night.audit_night", audit_night):
        yield


def commit_again(world: CrashWorld, store: Store, day: date, layers: tuple[str, ...]) -> None:
    """Commit copies of what the engine wrote to the tables of some layers."""
    for commit in json.loads((world.computed / day.isoformat() / "commits.json").read_text()):
        if commit["table"].startswith(layers):
            _commit_again(store, day, **commit)


def _commit_again(store: Store, day: date, way: str, table: str, files: list[str]) -> None:
    folder = store.fresh_folder(table)
    folder.mkdir(parents=True)
    copies = [shutil.copy(file, folder / f"part-{number}.parquet") for number, file in enumerate(files)]
    failpoint("storage.frame_written")
    if way == "append":
        store.append_files(table, copies)
    else:
        store.replace_day(table, day, copies)
