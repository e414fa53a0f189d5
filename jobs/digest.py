"""Digests of what a table says, however its files are cut, and of the very bytes of those files."""

import hashlib
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from jobs.schema import Table
from jobs.tables import TABLES

NULL_MARK = "\\N"
FIELD_MARK = "\x1f"

BATCH_ROWS = 65_536
"""Rows handed over at a time: some 10 MB of text."""


def night_digest(files: dict[str, list[str]], snapshot_date: date) -> str:
    """One digest over the rows of a night, from the files of each published table."""
    where = f"snapshot_date = '{snapshot_date.isoformat()}'"
    with duckdb.connect() as connection:
        return joined_digest({
            table: rows_digest(connection, TABLES[table], paths, where) for table, paths in files.items()
        })


def rows_digest(connection: duckdb.DuckDBPyConnection, table: Table, files: list[str], where: str) -> str:
    """sha256 over the rows of some files, sorted by the table's columns; equal for every layout and engine.

    DuckDB sorts out of core and hands the rows over in batches, so memory does not grow with the table.
    """
    digest = hashlib.sha256(table.name.split("__")[1].encode())
    if files:
        fields = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '{NULL_MARK}')" for name in table.column_names)
        lines = f"SELECT concat_ws('{FIELD_MARK}', {fields}) AS line FROM read_parquet($files) WHERE {where}"
        rows = connection.execute(f"SELECT line || chr(10) FROM ({lines}) ORDER BY line", {"files": files})
        for batch in rows.to_arrow_reader(BATCH_ROWS):
            digest.update(_text_of(batch.column(0)))
    return digest.hexdigest()


def same_rows(first: list[str], second: list[str], columns: tuple[str, ...]) -> bool:
    """Whether two sets of files hold the same rows in some columns, each as often or not."""
    if not first or not second:
        return not first and not second
    names = ", ".join(columns)
    one, other = (f"SELECT {names} FROM read_parquet(${name})" for name in ("first", "second"))
    differing = f"(({one}) EXCEPT ({other})) UNION ALL (({other}) EXCEPT ({one}))"
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT count(*) FROM ({differing})", {"first": first, "second": second}).fetchone()
    return found == (0,)


def _text_of(lines: pa.StringArray) -> memoryview:
    """The lines one after another, as they lie in memory."""
    _, offsets, text = lines.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(text)[ends[lines.offset]:ends[lines.offset + len(lines)]]


def file_digest(path: Path | str) -> str:
    """sha256 over the bytes of a file."""
    with Path(path).open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def files_digest(home: Path, files: dict[str, list[str]]) -> str:
    """One digest over the bytes and the places, relative to the store, of the files of some tables.

    Why: a byte of padding or of a statistic can change without changing a row.
    """
    paths = (path for table_files in files.values() for path in table_files)
    return joined_digest({Path(path).relative_to(home).as_posix(): file_digest(path) for path in paths})


def named_by_digest(path: Path | str) -> Path:
    """Rename a file that nobody reads yet to the digest of its bytes, so that its name shows when they change."""
    drawn = Path(path)
    return drawn.rename(drawn.with_name(f"{file_digest(drawn)}{drawn.suffix}"))


def joined_digest(parts: dict[str, str]) -> str:
    """One sha256 over named digests."""
    return hashlib.sha256("\n".join(f"{name}={value}" for name, value in sorted(parts.items())).encode()).hexdigest()
