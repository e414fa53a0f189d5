"""Which scores are held: large moves for which the inputs do not account, measured by DuckDB over committed files.

The causes of a move add up to it by construction, so they cannot account for it. What can is counted here again, and by
another engine than the one that scored: decision 0014.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from jobs.decay import HALF_LIFE_DAYS
from jobs.duckdb_files import open_connection, rows_of_files
from jobs.events import events
from jobs.hold_releases import hold_releases, rows_under
from jobs.ledger import Release, newest_release, released_files
from jobs.pseudonym_sql import teach_digests
from jobs.pseudonyms import LEDGER, existing_key, has_key
from jobs.storage import Store, on_day
from jobs.tables import TABLES

STATEMENTS = Path(__file__).resolve().parents[3] / "sql" / "holds"

LEAST_POINTS = 8
"""A smaller move is never held (gate-evidence section 7)."""

OWN_MULTIPLE = 8
"""A move within so many median absolute deviations of the person's own moves is never held (the same section)."""

HISTORY_DAYS = 28
"""Days whose released scores say how much a person usually moves: four weeks, as for the metrics of the gate."""

FEWEST_NIGHTS = 7
"""Own moves below which their deviation says nothing: a week."""

MOST_HELD_SHARE = 0.005
"""Share of scored people above which the night is at fault and not the people (gate-evidence section 7)."""

FEW_PEOPLE = 3
"""People who may be held in a store of any size: of 200 people, one alone is half a percent."""

ENGAGER_CREDIT = 1.6
"""Most that one engager adds to the credit X of any version: one full credit, at an exchange rate of 1.53 at most."""

TRUSTED_CREDIT = 20
"""Most that a trusted engager adds where trust lifts a ceiling: in v3 itself and 7 on each of five networks, (8, 7, 7,
7, 7) by the norm over networks 12.3, at the same exchange rate."""

LEAST_CEILING = 8
"""Credit up to which no version bounds who has no trusted engager: 12 in v5, at the lowest exchange rate, 0.7."""

CIRCLES = {"mutual_partners": 5, "partners": 35}
"""Partners in common that make two people a circle, in v5: such as answered each other, or whoever reacted."""


def found_holds(store: Store, snapshot_date: date, earlier: Release | None) -> pa.Table:
    """The rows of audit__holds for a night; none without an earlier release.

    Of more people than may be held, twice as many as may be: enough to block the night and to see what broke.
    """
    nobody = TABLES["audit__holds"].arrow_schema.empty_table()
    if earlier is None:
        return nobody
    with open_connection(store.settings) as connection:
        _keep_large_moves(connection, store, snapshot_date, earlier)
        if _is_any(connection, "large_moves"):
            _drop_released_moves(connection, store)
        if not _is_any(connection, "large_moves"):
            return nobody
        _keep_unaccounted(connection, store, snapshot_date)
        return _holds(connection, store, snapshot_date)


def most_held_people(store: Store, snapshot_date: date) -> int:
    """How many people may be held in a night: more, and nobody is."""
    with open_connection(store.settings) as connection:
        scored = rows_of_files(connection, "staged__scores", store.files("staged__scores", on_day(snapshot_date)))
        [people] = scored.filter("influence_score IS NOT NULL").aggregate("count(DISTINCT person_id)").fetchone()
    return max(FEW_PEOPLE, int(MOST_HELD_SHARE * people))


def _keep_large_moves(
    connection: duckdb.DuckDBPyConnection, store: Store, snapshot_date: date, earlier: Release
) -> None:
    """Keep as `large_moves` the moves that are large enough to be held."""
    day = on_day(earlier.snapshot_date)
    _show(connection, "scored", "staged__scores", store.files("staged__scores", on_day(snapshot_date)))
    _show(connection, "released", "pub__scores", released_files(store, earlier, "pub__scores", day))
    _show(connection, "earlier_holds", "audit__holds", released_files(store, earlier, "audit__holds", day))
    _keep(connection, "large_moves", {"least_points": LEAST_POINTS})


def _drop_released_moves(connection: duckdb.DuckDBPyConnection, store: Store) -> None:
    """Take the moves whose hold somebody released out of `large_moves`; without the ledger's key nobody is named."""
    released = hold_releases(events(store))
    if released and has_key(store.settings.home, LEDGER):
        key = existing_key(store.settings.home, LEDGER)
        teach_digests(connection, key)
        connection.from_arrow(rows_under(key.key_id, released)).create("hold_releases")
        connection.execute(f"CREATE OR REPLACE TABLE large_moves AS {_statement('unreleased_moves')}",
                           {"least_points": LEAST_POINTS})


def _is_any(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    return connection.table(name).limit(1).fetchone() is not None


def _keep_unaccounted(connection: duckdb.DuckDBPyConnection, store: Store, snapshot_date: date) -> None:
    """Keep as `all_unaccounted` what the inputs since the night of the released score do not account for."""
    nights = connection.sql("SELECT DISTINCT scored_date FROM large_moves ORDER BY scored_date").fetchall()
    for number, [scored_date] in enumerate(nights):
        _show_since(connection, store, snapshot_date, newest_release(store, on=scored_date))
        keep_unaccounted_since(connection, scored_date, snapshot_date)
        word = "CREATE TABLE all_unaccounted AS" if number == 0 else "INSERT INTO all_unaccounted"
        connection.execute(f"{word} FROM unaccounted")


def keep_unaccounted_since(connection: duckdb.DuckDBPyConnection, scored_date: date, snapshot_date: date) -> None:
    """Keep as `unaccounted` the moves since one night: judged by its reactions, and if need be by all that changed.

    Own circles come last, and only where a version does not count them: the states of both nights are read for them.
    The connection shows `large_moves`, and the inputs of the night and of the release as _show_since names them.
    """
    connection.execute("CREATE OR REPLACE TABLE asked_moves AS FROM large_moves WHERE scored_date = ?", [scored_date])
    credit = {"engager_credit": ENGAGER_CREDIT, "trusted_credit": TRUSTED_CREDIT}
    given = {"scored_date": scored_date, "snapshot_date": snapshot_date, "half_life_days": HALF_LIFE_DAYS}
    _keep(connection, "earlier_terms", {"engager_credit": ENGAGER_CREDIT, "least_ceiling": LEAST_CEILING})
    _keep(connection, "scales")
    _keep(connection, "reacted", credit)
    _keep_outside(connection, "reacted", given)
    if not _is_any(connection, "unaccounted"):
        return
    _keep_differences(connection)
    _keep(connection, "changed_accounts")
    _keep(connection, "changed", credit)
    _keep_outside(connection, "changed", given)
    _keep(connection, "circle_people")
    if not _is_any(connection, "circle_people"):
        return
    _keep_circles(connection)
    _keep(connection, "circled", {"engager_credit": ENGAGER_CREDIT})
    _keep_outside(connection, "circled", given)


def _keep_outside(connection: duckdb.DuckDBPyConnection, inputs: str, given: Mapping[str, object]) -> None:
    """Keep as `unaccounted` the asked moves that lie outside of what some inputs can have brought about."""
    connection.execute(f"CREATE OR REPLACE VIEW input_bounds AS FROM {inputs}")
    _keep(connection, "bounded_moves")
    _keep(connection, "unaccounted", given)


def _show_since(
    connection: duckdb.DuckDBPyConnection, store: Store, snapshot_date: date, since: Release
) -> None:
    """The inputs of the night, and what the release froze of them."""
    night = {"links": "core__identity_links", "suppressions": "core__suppressions",
             "groups": "feature__coordinated_groups", "trusted_accounts": "feature__trusted_accounts"}
    tonight = {**night, "state": "feature__engagement_state"}
    before = {**{f"earlier_{name}": table for name, table in night.items()},
              "earlier_lines": "staged__lines", "earlier_state": "feature__engagement_state"}
    for name, table in tonight.items():
        _show(connection, name, table, store.files(table, on_day(snapshot_date)))
    for name, table in before.items():
        _show(connection, name, table, released_files(store, since, table, on_day(since.snapshot_date)))
    _show(connection, "engagement_days", "feature__engagement_days", _days(store, snapshot_date, since))


def _days(store: Store, snapshot_date: date, since: Release) -> list[str]:
    """The files of the days since a release, the night itself among them."""
    nights = [since.snapshot_date + timedelta(days=n) for n in range(1, (snapshot_date - since.snapshot_date).days + 1)]
    return [path for night in nights for path in store.files("feature__engagement_days", on_day(night))]


def _keep_differences(connection: duckdb.DuckDBPyConnection) -> None:
    """What the inputs of the night and of the release do not have in common, as tables."""
    for name, source, columns in (
        ("relinked", "links", "network, account_id, person_id"),
        ("regrouped", "groups", "network, account_id, group_id, group_size"),
        ("retrusted", "trusted_accounts", "network, topic_id, account_id"),
        ("listed", "suppressions", "network, account_id"),
    ):
        now, then = (connection.view(side).project(columns) for side in (source, f"earlier_{source}"))
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        now.except_(then).union(then.except_(now)).create(name)


def _keep_circles(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep as `recircled` whose own circle differs between the release and the night.

    Who can be of one circle on the night itself is worked out once, and stays for the next release.
    """
    connection.execute("DROP TABLE IF EXISTS earlier_circle_edges")
    for side in ("earlier_", ""):
        for name in ("state", "links", "groups"):
            connection.execute(f"CREATE OR REPLACE VIEW circle_{name} AS FROM {side}{name}")
        connection.execute(f"CREATE TABLE IF NOT EXISTS {side}circle_edges AS {_statement('circle_edges')}", CIRCLES)
        connection.execute(f"CREATE OR REPLACE VIEW asked_edges AS FROM {side}circle_edges")
        connection.execute(f"CREATE OR REPLACE TABLE {side}own_circles AS {_statement('own_circles')}")
    _keep(connection, "recircled")


def _holds(connection: duckdb.DuckDBPyConnection, store: Store, snapshot_date: date) -> pa.Table:
    """The unaccounted moves that are larger than the person's own; the history is read only when there are any."""
    schema = TABLES["audit__holds"].arrow_schema
    if not _is_any(connection, "all_unaccounted"):
        return schema.empty_table()
    first = snapshot_date - timedelta(days=HISTORY_DAYS)
    window = f"snapshot_date >= '{first}' AND snapshot_date < '{snapshot_date}'"
    history = rows_of_files(connection, "pub__scores", store.files("pub__scores", window)).filter(window)
    history.create_view("all_history")
    connection.execute("CREATE VIEW history AS FROM all_history SEMI JOIN all_unaccounted "
                       "USING (person_id, topic_id, algorithm_version)")
    _keep(connection, "holds", {
        "snapshot_date": snapshot_date, "own_multiple": OWN_MULTIPLE, "fewest_nights": FEWEST_NIGHTS,
        "most_people": 2 * most_held_people(store, snapshot_date)})
    return connection.table("holds").select(*schema.names).to_arrow_table().cast(schema)


def _show(connection: duckdb.DuckDBPyConnection, name: str, table: str, files: list[str]) -> None:
    rows_of_files(connection, table, files).create_view(name, replace=True)


def _keep(connection: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, object] | None = None) -> None:
    """Keep the answer of a statement of sql/holds as a table of its name."""
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {_statement(name)}", given or {})


@cache
def _statement(name: str) -> str:
    return (STATEMENTS / f"{name}.sql").read_text()
