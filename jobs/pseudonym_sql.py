"""Rows that leave the store: pseudonyms in place of people, and no cell that is too small to hide anybody."""

from collections.abc import Callable

import duckdb
import pyarrow as pa

from jobs.pseudonyms import PseudonymKey

SMALLEST_CELL = 20
"""People in a cell that is given away or shown: below, what is said of it is said of single people.

Source: complaint S58; gate-evidence section 9.6."""

FUNCTION = "pseudonym"

DIGEST = "ledger_digest"


def teach_pseudonyms(connection: duckdb.DuckDBPyConnection, key: PseudonymKey) -> None:
    """Give a connection the function `pseudonym`, under the key of one domain."""
    _teach(connection, FUNCTION, key.pseudonym)


def teach_digests(connection: duckdb.DuckDBPyConnection, key: PseudonymKey) -> None:
    """Give a connection the function `ledger_digest`: what the event ledger names people and accounts by."""
    _teach(connection, DIGEST, key.digest)


def _teach(connection: duckdb.DuckDBPyConnection, function: str, named: Callable[[str], str]) -> None:
    def names(people: pa.ChunkedArray) -> pa.Array:
        return pa.array([None if person is None else named(person) for person in people.to_pylist()], pa.string())

    connection.create_function(function, names, ["VARCHAR"], "VARCHAR", type="arrow")


def under_pseudonyms(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The rows with a pseudonym in person_id; rows without that column stay as they are."""
    if "person_id" not in rows.columns:
        return rows
    return rows.project(f"* REPLACE ({FUNCTION}(person_id) AS person_id)")


def in_pseudonym_order(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The same, sorted again: in the order of the ids, a sorted list of all handles would show who is who."""
    return under_pseudonyms(rows).order("ALL")


def without_small_cells(rows: duckdb.DuckDBPyRelation, *cell: str) -> duckdb.DuckDBPyRelation:
    """Only rows of cells with at least SMALLEST_CELL different people; a cell is what the named columns share."""
    names = ", ".join(cell)
    return rows.query("given", f"""
        FROM given SEMI JOIN (
            SELECT {names} FROM given GROUP BY {names} HAVING count(DISTINCT person_id) >= {SMALLEST_CELL}
        ) USING ({names})
    """)
