"""Digests of what a table says, not of how its files happen to be cut."""

import hashlib

import duckdb

from jobs.schema import Table

NULL_MARK = "\\N"
FIELD_MARK = "\x1f"


def rows_digest(table: Table, files: list[str], where: str = "true") -> str:
    """sha256 over the rows of some files, sorted by the table's columns; equal for every layout and engine.

    DuckDB sorts out of core and hands the rows over in batches, so memory does not grow with the table.
    """
    digest = hashlib.sha256(table.name.split("__")[1].encode())
    if files:
        with duckdb.connect() as connection:
            fields = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '{NULL_MARK}')" for name in table.column_names)
            rows = connection.execute(
                f"SELECT concat_ws('{FIELD_MARK}', {fields}) AS line FROM read_parquet($files) WHERE {where} ORDER BY 1",
                {"files": files},
            )
            for batch in rows.to_arrow_reader(65_536):
                digest.update("\n".join(batch.column(0).to_pylist()).encode() + b"\n")
    return digest.hexdigest()


def joined_digest(parts: dict[str, str]) -> str:
    """One sha256 over named digests."""
    return hashlib.sha256("\n".join(f"{name}={value}" for name, value in sorted(parts.items())).encode()).hexdigest()
