"""The only module that touches storage: Parquet files by anybody, commits and exact file lists by the catalog."""

import shutil
import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.expressions import EqualTo
from pyiceberg.table import ALWAYS_TRUE
from pyiceberg.table import Table as IcebergTable
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from jobs.catalog import Move, MultiTableCatalog
from jobs.catalog_errors import asked
from jobs.errors import CommitConflict, MissingInput, PipelineError
from jobs.failpoints import failpoint
from jobs.schema import written_schema
from jobs.settings import Settings
from jobs.tables import TABLES

RETRY_SWAP = Retrying(retry=retry_if_exception_type(CommitConflict), stop=stop_after_attempt(4),
                      wait=wait_random_exponential(multiplier=0.1, max=2.0), reraise=True)
"""A night and a backfill swap different days of the same tables: one waits some tenths of a second for the other."""

MOST_PLANS = 500
"""File lists remembered by a process: some nights' worth, and a bound for one that never ends."""

FRAMES = Path("scratch", "frames")
"""Where intermediate frames lie below a home, in one folder for each open store."""

NAMESPACE = "candor"
MAIN = "main"


class Store:
    """One store: a catalog and a warehouse folder. Nothing that is committed is ever overwritten in place."""

    def __init__(self, settings: Settings):
        """Open the store of the settings; folders and catalog are made when first needed."""
        self.settings = settings
        self._frames = settings.home / FRAMES / uuid.uuid4().hex
        self._planned: dict[tuple, list[str]] = {}

    @cached_property
    def catalog(self) -> MultiTableCatalog:
        """The catalog, made on first use; errors: PipelineError when its database does not answer."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        self.settings.warehouse.mkdir(parents=True, exist_ok=True)
        address, warehouse = self.settings.catalog, f"file://{self.settings.warehouse}"
        with asked(address):
            catalog = MultiTableCatalog(NAMESPACE, uri=address, warehouse=warehouse)
            catalog.create_namespace_if_not_exists(NAMESPACE)
        return catalog

    def iceberg(self, table: str) -> IcebergTable:
        """The Iceberg table as it is now; made, empty, when it does not exist yet."""
        declared = self._declared(table)
        try:
            return self.catalog.load_table((NAMESPACE, declared.name))
        except NoSuchTableError:
            return self._create(declared)

    def fresh_folder(self, table: str) -> Path:
        """A path for new files of a table that no other run can choose; it does not exist yet."""
        declared = self._declared(table)
        return self.settings.warehouse / declared.layer / declared.name / "data" / uuid.uuid4().hex

    def write_frame(self, frame, table: str) -> list[str]:
        """Write a Spark frame into a fresh folder, in table order, and read the footers back.

        Errors: PipelineError when a written file does not have the table's columns.
        """
        folder = self.fresh_folder(table)
        frame.select(*self._declared(table).column_names).write.parquet(folder.as_uri())
        failpoint("storage.frame_written")
        return [str(path) for path in sorted(folder.glob("*.parquet")) if self._row_count(path, table)]

    def materialised(self, spark, frame):
        """The frame computed once, by way of a scratch file: what several writes share is not computed for each.

        persist() would do on Spark, but the embedded engine ignores it. The schema comes from a footer: asked for it,
        an engine plans the frame once more, which is a tenth of a small night.
        """
        folder = self._frames / uuid.uuid4().hex
        frame.write.parquet(folder.as_uri())
        return spark.read.schema(written_schema(folder) or frame.schema).parquet(folder.as_uri())

    def clear_scratch(self) -> None:
        """Remove what materialised() of this very store wrote: another process may be reading frames of its own."""
        shutil.rmtree(self._frames, ignore_errors=True)

    def append_files(self, table: str, paths: Iterable[Path | str], branch: str = MAIN) -> int | None:
        """Commit files to a table in one transaction; the new snapshot id, or the old one when there are no files."""
        files = [str(path) for path in paths]
        if files:
            for attempt in RETRY_SWAP:
                with attempt:
                    self.catalog.commit_together([self.appended(table, files, branch)])
            failpoint("storage.files_appended")
        return snapshot_id(self.iceberg(table), branch)

    def append_together(self, files_by_table: Mapping[str, Iterable[Path | str]]) -> None:
        """Commit new files of several tables in one SQL transaction: readers see all of them, or none.

        Errors: CommitConflict when it lost its race again and again.
        """
        for attempt in RETRY_SWAP:
            with attempt:
                self.catalog.commit_together(self._all_appended(files_by_table))

    def append_rows(self, table: str, rows: pa.Table, branch: str = MAIN) -> int | None:
        """Commit a small Arrow table as one file."""
        return self.append_files(table, self.write_rows(table, rows), branch)

    def write_rows(self, table: str, rows: pa.Table) -> list[str]:
        """Write a small Arrow table as one file in a fresh folder; no file for no rows."""
        if not rows.num_rows:
            return []
        path = self.fresh_folder(table) / "part-0.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(rows.select(self._declared(table).column_names).cast(self._declared(table).arrow_schema), path)
        failpoint("storage.rows_written")
        return [str(path)]

    def replace_day(self, table: str, snapshot_date: date, paths: Iterable[Path | str],
                    beside: Mapping[str, Iterable[Path | str]] | None = None) -> int | None:
        """Swap the files of one day in one transaction; older snapshots still show the day as it was.

        Beside: new files of other tables, seen with the swap or not at all. A swap that lost a race is made again from
        what is there now: rebased, it would add its files to the winner's. Errors: CommitConflict, lost every time.
        """
        files = [str(path) for path in paths]
        for attempt in RETRY_SWAP:
            with attempt:
                self._swap_day(table, snapshot_date, files, beside or {})
        failpoint("storage.day_replaced")
        return snapshot_id(self.iceberg(table), MAIN)

    def _swap_day(self, table: str, snapshot_date: date, files: list[str], beside: Mapping) -> None:
        iceberg = self.iceberg(table)
        transaction = iceberg.transaction()
        if self.files(table, on_day(snapshot_date), snapshot=snapshot_id(iceberg, MAIN)):
            transaction.delete(EqualTo("snapshot_date", snapshot_date.isoformat()))
        if files:
            transaction.add_files(files, check_duplicate_files=False)
        failpoint("storage.day_prepared")
        swapped = [Move(iceberg, transaction)] if transaction._updates else []
        if moves := swapped + self._all_appended(beside):
            self.catalog.commit_together(moves)
        if swapped:
            self.remember_day(table, transaction.table_metadata.refs[MAIN].snapshot_id, snapshot_date, files)

    def remember_day(self, table: str, snapshot: int, snapshot_date: date, files: list[str]) -> None:
        """Note which files a day has in a snapshot that this process made: it need not be planned to be known."""
        self._planned[(table, snapshot, on_day(snapshot_date))] = sorted(files)

    def appended(self, table: str, files: Iterable[Path | str], branch: str = MAIN) -> Move:
        """New files of one table, prepared and not yet visible."""
        iceberg = self.iceberg(table)
        transaction = iceberg.transaction()
        transaction.add_files([str(path) for path in files], check_duplicate_files=False, branch=branch)
        return Move(iceberg, transaction)

    def _all_appended(self, files_by_table: Mapping[str, Iterable[Path | str]]) -> list[Move]:
        return [self.appended(table, files) for table, files in files_by_table.items() if files]

    def files(self, table: str, where: str | None = None, branch: str | None = None,
              snapshot: int | None = None) -> list[str]:
        """The exact files that hold the rows of a snapshot, through the catalog."""
        chosen = self._chosen(table, branch, snapshot)
        if chosen is None:
            return []
        plan = (table, chosen, where)
        known = self._planned.get(plan)  # several threads ask: what was there a moment ago may be cleared by now
        return list(self._planned_now(plan) if known is None else known)

    def arrow(self, table: str, where: str | None = None, branch: str | None = None,
              snapshot: int | None = None, columns: list[str] | None = None) -> pa.Table:
        """Rows as an Arrow table, for results that are small by nature."""
        schema = self._declared(table).arrow_schema
        wanted = pa.schema([schema.field(name) for name in columns or schema.names])
        scan = self._scan(table, where, branch, snapshot)
        return scan.select(*wanted.names).to_arrow().select(wanted.names).cast(wanted) if scan else wanted.empty_table()

    def frame(self, spark, table: str, where: str | None = None, branch: str | None = None,
              snapshot: int | None = None):
        """A Spark frame over the exact files of a table, with the schema of tables.py."""
        rows = self.frame_of(spark, table, self.files(table, where, branch, snapshot))
        return rows.where(where) if where else rows

    def frame_of(self, spark, table: str, paths: list[str]):
        """A Spark frame over given files of a table, such as those just written; empty for no files."""
        schema = self._declared(table).spark_schema
        if not paths:
            return spark.createDataFrame([], schema)
        return spark.read.schema(schema).parquet(*[Path(path).as_uri() for path in paths])

    def plan_anew(self) -> None:
        """Drop remembered file lists: an erasure rewrites the files of a snapshot, and keeps its id."""
        self._planned.clear()

    def _planned_now(self, plan: tuple) -> list[str]:
        """Plan the files of a snapshot once: a night asks some seventy times, and a snapshot never changes."""
        table, chosen, where = plan
        if len(self._planned) >= MOST_PLANS:
            self._planned.clear()
        tasks = self._scan(table, where, None, chosen).plan_files()
        found = self._planned[plan] = sorted(task.file.file_path for task in tasks)
        return found

    def _scan(self, table: str, where: str | None, branch: str | None, snapshot: int | None):
        chosen = self._chosen(table, branch, snapshot)
        return self.iceberg(table).scan(row_filter=where or ALWAYS_TRUE, snapshot_id=chosen) if chosen else None

    def _chosen(self, table: str, branch: str | None, snapshot: int | None) -> int | None:
        """The snapshot that is read, unless one is named; the one place that a store of another view overrides."""
        return snapshot or snapshot_id(self.iceberg(table), branch or MAIN)

    def _row_count(self, path: Path, table: str) -> int:
        footer = pq.ParquetFile(path)
        expected, found = self._declared(table).column_names, footer.schema_arrow.names
        if found != expected:
            raise PipelineError(f"{path}: expected columns {expected}, found {found}; nothing committed")
        return footer.metadata.num_rows

    def _create(self, declared) -> IcebergTable:
        location = f"file://{self.settings.warehouse / declared.layer / declared.name}"
        return self.catalog.declared_table((NAMESPACE, declared.name), declared, location)

    @staticmethod
    def _declared(table: str):
        if table not in TABLES:
            raise MissingInput(f"no table {table!r}; jobs/tables.py declares {', '.join(TABLES)}")
        return TABLES[table]


def snapshot_id(iceberg: IcebergTable, branch: str) -> int | None:
    """The snapshot that a branch of a table points at; None when the branch has none."""
    reference = iceberg.metadata.refs.get(branch)
    return reference.snapshot_id if reference else None


def on_day(snapshot_date: date) -> str:
    """The filter that keeps one day, readable by Iceberg, Spark and DuckDB alike."""
    return f"snapshot_date = '{snapshot_date.isoformat()}'"
