"""Where two computations of one night differ, and for which of it the erasures since account."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from jobs.digest import rows_digest
from jobs.erased import ErasedSince
from jobs.schema import Table
from jobs.tables import TABLES

STATEMENTS = Path(__file__).resolve().parents[2] / "sql" / "replay"

FIRST_DIFFERENCES = 5
"""Differing rows shown of each table: enough to see what kind of difference it is."""

SCORES, POSTS = "pub__scores", "feature__post_state"

RANK_COLUMNS = ("percentile", "rank")
"""Columns of a score that say where others are: they change for everybody in a topic that an erased person left."""

ABOUT_SCORES = (SCORES, "pub__contributions", "pub__evidence")
"""Tables whose rows belong to one score; whether an erasure accounts for them is asked of the score."""

Sides = Mapping[str, list[str]]
"""The files of one table, `released` and `replayed`."""


@dataclass(frozen=True)
class TableDifference:
    """One table of a night, as it was released or frozen, and as the replay made it.

    differing_row_count: keys that the sides do not share; unaccounted_row_count: those that no erasure accounts for.
    """

    table: str
    released_digest: str
    replayed_digest: str
    differences: list[dict]
    differing_row_count: int = 0
    unaccounted_row_count: int = 0


def compare(files: Mapping[str, Sides], where: str, erased: ErasedSince) -> list[TableDifference]:
    """Digests of both sides of each table, and the first rows on one side only that no erasure accounts for."""
    with duckdb.connect() as connection:
        if erased.erasure_count and SCORES in files:
            _show_affected(connection, files[SCORES], where, erased)
        return [_compared(connection, TABLES[table], sides, where, erased) for table, sides in files.items()]


def _compared(
    connection: duckdb.DuckDBPyConnection, table: Table, sides: Sides, where: str, erased: ErasedSince
) -> TableDifference:
    digests = [rows_digest(connection, table, sides[side], where) for side in ("released", "replayed")]
    if digests[0] == digests[1]:
        return TableDifference(table.name, *digests, [])
    for side, files in sides.items():
        _show(connection, side, table, files, where)
    hidden = RANK_COLUMNS if erased.erasure_count else ()
    shared = ", ".join(name for name in table.column_names if name not in hidden)
    connection.execute(f"""
        CREATE OR REPLACE TABLE differing AS
        SELECT DISTINCT {', '.join(table.key)}
        FROM ((SELECT {shared} FROM released EXCEPT ALL SELECT {shared} FROM replayed)
            UNION ALL (SELECT {shared} FROM replayed EXCEPT ALL SELECT {shared} FROM released))
    """)
    connection.execute(f"CREATE OR REPLACE TABLE unaccounted AS {_unaccounted(table, erased)}")
    counts = [connection.table(name).count("*").fetchone()[0] for name in ("differing", "unaccounted")]
    return TableDifference(table.name, *digests, _first_unaccounted(connection, table), *counts)


def _unaccounted(table: Table, erased: ErasedSince) -> str:
    """The statement that leaves out what the erasures account for; nothing is left out of other tables."""
    if erased.erasure_count and table.name in ABOUT_SCORES:
        return "FROM differing ANTI JOIN affected USING (person_id, topic_id, algorithm_version)"
    if erased.erasure_count and table.name == POSTS:
        return f"FROM differing ANTI JOIN ({_statement('accounted_posts')}) USING ({', '.join(table.key)})"
    return "FROM differing"


def _show_affected(connection: duckdb.DuckDBPyConnection, sides: Sides, where: str, erased: ErasedSince) -> None:
    for side, files in sides.items():
        _show(connection, f"{side}_scores", TABLES[SCORES], files, where)
    connection.from_arrow(erased.to_arrow()).create("erased")
    connection.execute(f"CREATE TABLE affected AS {_statement('affected')}")


def _show(connection: duckdb.DuckDBPyConnection, name: str, table: Table, files: list[str], where: str) -> None:
    rows = connection.read_parquet(files) if files else connection.from_arrow(table.arrow_schema.empty_table())
    rows.filter(where).project(", ".join(table.column_names)).create_view(name, replace=True)


def _first_unaccounted(connection: duckdb.DuckDBPyConnection, table: Table) -> list[dict]:
    """The first rows by key that one side does not have as the other does, with the columns that differ."""
    key = ", ".join(table.key)
    first = connection.sql(f"SELECT {key} FROM unaccounted ORDER BY {key} LIMIT {FIRST_DIFFERENCES}").fetchall()
    found = {side: _rows_of(connection, table, side, first) for side in ("released", "replayed")}
    return [_difference(table, row, found["released"].get(row), found["replayed"].get(row)) for row in first]


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


@cache
def _statement(name: str) -> str:
    return (STATEMENTS / f"{name}.sql").read_text().rstrip().removesuffix(";")
