"""The files of a pack: each table as Parquet and as CSV, one page, and one list of digests that seals them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from jobs.csv_files import UNQUOTED, sheet_safe
from jobs.digest import file_digest

SUMS = "SHA256SUMS"
"""Checked with `sha256sum --check SHA256SUMS`; its own sha256 is the digest of the pack."""

CALLED = "pack"

GROUP_ROWS = 100_000
"""Rows handed over and written at a time: the same cut in every run, whatever the engine hands over."""

SHEET_ROWS = 1_000_000
"""Rows of a CSV file: spreadsheet programs stop at 1,048,576. The Parquet file beside it is whole."""

@dataclass(frozen=True)
class WrittenTable:
    """A table of the pack as it lies on disk; csv_row_count is smaller than row_count above SHEET_ROWS."""

    name: str
    row_count: int
    csv_row_count: int


def write_table(folder: Path, name: str, rows: pa.Table | duckdb.DuckDBPyRelation) -> WrittenTable:
    """Write rows, in their order, as <name>.parquet and <name>.csv."""
    reader = _reader(rows)
    written = in_sheet = 0
    with (pq.ParquetWriter(folder / f"{name}.parquet", reader.schema, compression="zstd") as parquet,
          pa_csv.CSVWriter(folder / f"{name}.csv", reader.schema, write_options=UNQUOTED) as sheet):
        for part in even_parts(reader):
            parquet.write_table(part)
            shown = part.slice(0, max(0, SHEET_ROWS - in_sheet))
            sheet.write_table(sheet_safe(shown))
            written, in_sheet = written + part.num_rows, in_sheet + shown.num_rows
    return WrittenTable(name, written, in_sheet)


def even_parts(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The rows in tables of GROUP_ROWS, the last one shorter."""
    waiting = reader.schema.empty_table()
    for batch in reader:
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
        while waiting.num_rows >= GROUP_ROWS:
            yield waiting.slice(0, GROUP_ROWS).combine_chunks()
            waiting = waiting.slice(GROUP_ROWS)
    if waiting.num_rows:
        yield waiting.combine_chunks()


def write_page(folder: Path, page: str) -> None:
    """Write the one page of the pack."""
    (folder / "index.html").write_text(page, encoding="utf-8")


def seal(folder: Path) -> str:
    """List the digest of every file of the pack, and give the digest of that list."""
    names = sorted(path.name for path in folder.iterdir())
    lines = [f"{file_digest(folder / name)}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    return file_digest(folder / SUMS)


def _reader(rows: pa.Table | duckdb.DuckDBPyRelation) -> pa.RecordBatchReader:
    return rows.to_reader() if isinstance(rows, pa.Table) else rows.to_arrow_reader(GROUP_ROWS)
