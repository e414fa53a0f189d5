"""Nobody who is on a list is in a release (I7)."""

from collections.abc import Iterator

import duckdb

from jobs.ledger import Release, visible_releases
from jobs.schema import Table
from jobs.storage import Store, on_day
from jobs.tables import TABLES
from jobs.verifying.checked import Checked, compared, guarded
from jobs.verifying.released import current_releases, released_night

CHECK = "nobody_listed_is_released"

RESTATE = "Deliver today's lists for that day as well and run its night again; the restatement leaves these people out."

LISTED_PEOPLE = """
    WITH accounts AS (
        SELECT network, account_id FROM {listed}
        UNION
        SELECT linked.network, linked.account_id
        FROM {listed}
        INNER JOIN links AS own USING (network, account_id)
        INNER JOIN links AS linked ON own.person_id = linked.person_id
    )
    SELECT network || ':' || account_id AS person_id FROM accounts
    UNION
    SELECT person_id FROM links SEMI JOIN accounts USING (network, account_id)
"""
"""A person is listed when any one of their accounts is."""

LISTED_AND_RELEASED = "SELECT count(DISTINCT person_id) FROM released SEMI JOIN listed_people USING (person_id)"
"""People, not rows; their number and never their names."""


def nobody_listed(store: Store, ledger: list[Release]) -> Iterator[Checked]:
    """Nobody on the lists of a release is in it, nor in what is published after it.

    A release that was restated since is held to its own lists: nothing can be taken out of it any more.
    """
    current = [*current_releases(ledger), *current_releases(visible_releases(store))]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE ever_listed (network VARCHAR, account_id VARCHAR)")
        for release in ledger:
            measure = "ever_listed" if release in current else "listed"
            yield from guarded(CHECK, release.release_id, _nobody_of, connection, store, release, measure)


def _nobody_of(
    connection: duckdb.DuckDBPyConnection, store: Store, release: Release, measure: str
) -> Iterator[Checked]:
    _show(connection, "listed", TABLES["core__suppressions"], _frozen(store, release, "core__suppressions"))
    _show(connection, "links", TABLES["core__identity_links"], _frozen(store, release, "core__identity_links"))
    connection.execute("INSERT INTO ever_listed FROM (SELECT network, account_id FROM listed EXCEPT FROM ever_listed)")
    connection.execute(f"CREATE OR REPLACE TABLE listed_people AS {LISTED_PEOPLE.format(listed=measure)}")
    for table, files in released_night(store, release).files.items():
        _show(connection, "released", TABLES[table], files)
        [count] = connection.sql(LISTED_AND_RELEASED).fetchone()
        yield compared(CHECK, f"{release.release_id} {table}", 0, count, RESTATE)


def _frozen(store: Store, release: Release, table: str) -> list[str]:
    snapshot = release.table_snapshots.get(table)
    return store.files(table, on_day(release.snapshot_date), snapshot=snapshot) if snapshot else []


def _show(connection: duckdb.DuckDBPyConnection, name: str, table: Table, files: list[str]) -> None:
    """Show the rows of files under a name; without files, no rows."""
    rows = connection.read_parquet(files) if files else connection.from_arrow(table.arrow_schema.empty_table())
    rows.create_view(name, replace=True)
