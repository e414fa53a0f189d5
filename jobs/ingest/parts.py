"""Rows on their way to Parquet: buffered by table and day, written in parts, never all in memory."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.failpoints import failpoint
from jobs.storage import Store
from jobs.tables import TABLES

MAX_BUFFERED_ROWS = 100_000
MAX_BUFFERED_CHARACTERS = 8_000_000
"""Together they keep a load below 500 MB, for short posts as for posts of a megabyte each."""


class Parts:
    """New Parquet files of one load, one day and table each, not committed yet."""

    def __init__(self, store: Store):
        self._store = store
        self._buffers: dict[tuple[str, date | None], list[tuple]] = defaultdict(list)
        self._row_count = self._character_count = 0
        self._folders: dict[str, Path] = {}
        self._files: dict[str, list[Path]] = defaultdict(list)
        self.days: set[date] = set()

    def add(self, table: str, snapshot_date: date | None, cells: tuple) -> None:
        """Take one row; a table without days gives None."""
        self._buffers[table, snapshot_date].append(cells)
        self._row_count += 1
        self._character_count += sum(len(cell) for cell in cells if isinstance(cell, str))
        if self._row_count >= MAX_BUFFERED_ROWS or self._character_count >= MAX_BUFFERED_CHARACTERS:
            self._write_all()

    def finish(self) -> dict[str, list[Path]]:
        """Write what is left; every file of the load, by table."""
        self._write_all()
        failpoint("ingest.parts_written")
        return dict(self._files)

    def _write_all(self) -> None:
        for (table, snapshot_date), rows in self._buffers.items():
            self._write(table, snapshot_date, rows)
        self._buffers.clear()
        self._row_count = self._character_count = 0

    def _write(self, table: str, snapshot_date: date | None, rows: list[tuple]) -> None:
        schema = TABLES[table].arrow_schema
        columns = [
            pa.array(cells, field.type) for cells, field in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        path = self._folder(table) / f"part-{len(self._files[table]):05d}.parquet"
        pq.write_table(pa.Table.from_arrays(columns, schema=schema), path, compression="zstd")
        self._files[table].append(path)
        if snapshot_date:
            self.days.add(snapshot_date)

    def _folder(self, table: str) -> Path:
        if table not in self._folders:
            self._folders[table] = self._store.fresh_folder(table)
            self._folders[table].mkdir(parents=True)
        return self._folders[table]
