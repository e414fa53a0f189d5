"""A DuckDB of a process's own, and the files of our tables as its relations: for measuring what another engine made."""

import duckdb

from jobs.settings import Settings
from jobs.tables import TABLES


def open_connection(settings: Settings) -> duckdb.DuckDBPyConnection:
    """An empty database in memory that spills into the store, works in UTC and fetches no extensions."""
    scratch = settings.home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"temp_directory": str(scratch), "autoinstall_known_extensions": "false"})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET parquet_metadata_cache = true")  # committed files never change, and many queries read each
    return connection


def rows_of_files(connection: duckdb.DuckDBPyConnection, table: str, files: list[str]) -> duckdb.DuckDBPyRelation:
    """The rows of given files of a table in its own columns; no rows for no files."""
    if not files:
        empty = f"empty_{table}"
        connection.register(empty, TABLES[table].arrow_schema.empty_table())
        return connection.view(empty)
    return connection.read_parquet(files, hive_partitioning=False).project(", ".join(TABLES[table].column_names))
