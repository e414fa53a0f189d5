"""What the files of a candidate say about themselves: read from their footers, without a row."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.tables import TABLES

FILE_COLUMNS = pa.schema([
    ("checked_table", pa.string()), ("file_name", pa.string()), ("column_name", pa.string()),
    ("column_type", pa.string()), ("null_count", pa.int64()),
])

DECLARED_COLUMNS = pa.schema([
    ("checked_table", pa.string()), ("column_name", pa.string()), ("column_type", pa.string()),
    ("is_nullable", pa.bool_()),
])


def file_columns(files: dict[str, list[str]]) -> pa.Table:
    """Each column of each file with its type and how many nulls it holds; files: by table.

    Nulls: null_count is null when a file does not say.
    """
    rows = [row for table, paths in files.items() for path in paths for row in _columns_of(table, path)]
    return pa.Table.from_pylist(rows, schema=FILE_COLUMNS)


def declared_columns() -> pa.Table:
    """Each column that jobs/tables.py declares, with its type and whether null means something in it."""
    rows = [
        {"checked_table": table.name, "column_name": column.name, "column_type": str(column.arrow_field.type),
         "is_nullable": bool(column.null_meaning)}
        for table in TABLES.values() for column in table.columns
    ]
    return pa.Table.from_pylist(rows, schema=DECLARED_COLUMNS)


def _columns_of(table: str, path: str) -> list[dict]:
    with pq.ParquetFile(path.removeprefix("file://")) as file:
        nulls = _null_counts(file.metadata)
        return [
            {"checked_table": table, "file_name": f"{Path(path).parent.name}/{Path(path).name}",
             "column_name": field.name, "column_type": str(field.type), "null_count": nulls.get(field.name)}
            for field in file.schema_arrow
        ]


def _null_counts(metadata: pq.FileMetaData) -> dict[str, int | None]:
    """Nulls by column over all row groups; a file without row groups holds none."""
    counts: dict[str, int | None] = {}
    for column in range(metadata.num_columns):
        chunks = [metadata.row_group(group).column(column).statistics for group in range(metadata.num_row_groups)]
        is_told = all(chunk is not None and chunk.has_null_count for chunk in chunks)
        counts[metadata.schema.column(column).path] = sum(chunk.null_count for chunk in chunks) if is_told else None
    return counts
