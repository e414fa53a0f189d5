"""What a gate report is made of: the tables of one night, measured by DuckDB over the files that the catalog names."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations.contract import waivable_names
from jobs.duckdb_files import open_connection, rows_of_files
from jobs.errors import MissingInput
from jobs.ledger import newest_release, on_older_states, released_files, visible_releases
from jobs.pseudonyms import REPORT, key_of
from jobs.settings import LIST_FEEDS, Settings
from jobs.storage import Store, on_day
from jobs.verdicts import RecordedVerdict, recorded_verdicts

SQL = Path(__file__).resolve().parents[2] / "sql" / "gate_report"

BUDGET_DAYS = 365
"""Days over which blocks are held against the budget, which is one of a year."""

HISTORY_NIGHTS = 30
"""Nights behind a sparkline: four weeks and a weekend, so that a weekday can be held against its like."""

MOVERS = 30
"""People in the list of movers: what somebody reads; `candor sql` gives all."""

PARAMETERS: dict[str, dict[str, object]] = {
    "checks": {}, "check_history": {"nights": HISTORY_NIGHTS}, "distribution": {}, "movers": {"movers": MOVERS},
    "input_output": {"nights": HISTORY_NIGHTS, "list_feeds": list(LIST_FEEDS)}, "feeds": {}, "refusals": {},
    "holds": {}, "ledger": {}, "decisions": {}, "budget": {},
}
"""Every table of a report, and the parameters of its statement besides the night."""


def newest_verdict(store: Store, snapshot_date: date) -> RecordedVerdict:
    """The newest verdict of a night; errors: MissingInput when the gate has not judged it."""
    verdicts = recorded_verdicts(store, snapshot_date)
    if not verdicts:
        raise MissingInput(f"gate__verdicts: expected a verdict for {snapshot_date}, got none. `candor status` shows "
                           f"the judged nights; `candor night --date {snapshot_date}` judges one.")
    return verdicts[-1]


def measured(store: Store, found: RecordedVerdict) -> dict[str, pa.Table]:
    """Every table of the report by name, people under their pseudonyms.

    Grain: one row per check, night, band, mover, feed, reason, hold, release, decision or night on an older state.
    """
    connection = open_connection(store.settings)
    try:
        _open_relations(connection, store, found)
        given = {"snapshot_date": found.snapshot_date, "budget": store.settings.false_blocks_per_year,
                 "waivable": sorted(waivable_names())}
        tables = {name: _asked(connection, name, given | PARAMETERS[name]) for name in PARAMETERS}
    finally:
        connection.close()
    return _pseudonymous(tables, store.settings) | {"older_states": _older_states(store)}


def _older_states(store: Store) -> pa.Table:
    """Released nights that do not go on from the newest release before them; grain: one row per night."""
    numbers = {release.snapshot_date: release.release_number for release in visible_releases(store)}
    older = on_older_states(numbers)
    return pa.table({"snapshot_date": pa.array(older, pa.date32()),
                     "release_number": pa.array([numbers[day] for day in older], pa.int64())})


def _asked(connection: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, object]) -> pa.Table:
    statement = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    wanted = {key: value for key, value in given.items() if f"${key}" in statement}
    return connection.execute(statement, wanted).to_arrow_table()


def _open_relations(connection: duckdb.DuckDBPyConnection, store: Store, found: RecordedVerdict) -> None:
    for name, (table, files) in _sources(store, found).items():
        rows_of_files(connection, table, files).create_view(name)
    feeds = (*store.settings.networks, *LIST_FEEDS)
    connection.from_arrow(pa.table({"feed": pa.array(feeds, pa.string())})).create("expected_feeds")


def _sources(store: Store, found: RecordedVerdict) -> dict[str, tuple[str, list[str]]]:
    """Relation: its table, and the files of it that the night is judged by."""
    day = found.snapshot_date
    lately = f"snapshot_date >= '{day - timedelta(days=HISTORY_NIGHTS)}' AND snapshot_date <= '{day}'"
    yearly = f"snapshot_date > '{day - timedelta(days=BUDGET_DAYS)}' AND snapshot_date <= '{day}'"
    before = newest_release(store, before=day)
    return {
        "findings": ("gate__findings", store.files("gate__findings", lately)),
        "verdicts": ("gate__verdicts", store.files("gate__verdicts", yearly)),
        "shift_metrics": ("audit__shift_metrics", store.files("audit__shift_metrics", lately)),
        "deliveries": ("ops__deliveries", store.files("ops__deliveries")),
        "quarantine": ("ops__quarantine", store.files("ops__quarantine")),
        "releases": ("pub__releases", store.files("pub__releases")),
        "events": ("pub__events", store.files("pub__events")),
        "scores_before": ("pub__scores", released_files(store, before, "pub__scores", on_day(before.snapshot_date))
                          if before else []),
        "scores_after": ("pub__scores", _candidate_files(store, found)),
        "held_moves": ("audit__holds", store.files("audit__holds", on_day(day))),
    }


def _candidate_files(store: Store, found: RecordedVerdict) -> list[str]:
    proposed = store.arrow("staged__candidates", on_day(found.snapshot_date)).to_pylist()
    snapshots = [json.loads(row["table_snapshots"]).get("pub__scores") for row in proposed
                 if row["candidate_id"] == found.candidate_id]
    named = [snapshot for snapshot in snapshots if snapshot]
    return store.files("pub__scores", on_day(found.snapshot_date), snapshot=named[-1]) if named else []


def _pseudonymous(tables: dict[str, pa.Table], settings: Settings) -> dict[str, pa.Table]:
    """The tables with a keyed pseudonym for every person; the one place of a report where that happens."""
    pseudonym = key_of(settings.home, REPORT).pseudonym
    in_text = re.compile(rf"\b(?:{'|'.join(map(re.escape, settings.networks))}):[^\s,;()'\"]+")
    replaced = {
        "movers": ("person_id", pseudonym), "holds": ("person_id", pseudonym),
        "checks": ("offenders", lambda text: in_text.sub(lambda found: pseudonym(found[0]), text)),
    }
    return tables | {name: _replaced(tables[name], *how) for name, how in replaced.items()}


def _replaced(rows: pa.Table, column: str, replace: Callable[[str], str]) -> pa.Table:
    texts = [text if text is None else replace(text) for text in rows[column].to_pylist()]
    return rows.set_column(rows.column_names.index(column), column, pa.array(texts, pa.string()))
