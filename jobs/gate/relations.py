"""What an invariant may name: the exact committed files of the night as DuckDB relations, and what they imply."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from jobs.duckdb_files import open_connection, rows_of_files
from jobs.gate.footers import DECLARED_COLUMNS, FILE_COLUMNS, declared_columns, file_columns
from jobs.gate.frozen import FROZEN_FILES, frozen_file_rows
from jobs.gate.night_files import (
    Files,
    JudgedNight,
    days_before,
    judged_lists,
    of_the_night,
    proposed,
    released,
    whole_table,
)
from jobs.gate.proposal import Proposal
from jobs.gate.removals import approved_removals
from jobs.ledger import Release
from jobs.lifecycle import retired_versions
from jobs.settings import LIST_FEEDS, Settings
from jobs.storage import Store

BYTES_PER_THREAD = 16 << 20
"""Over less, two threads take a quarter more processor time than one and end no sooner; measured on the demo world."""

SOURCES: dict[str, tuple[str, Files]] = {
    "candidate_scores": ("pub__scores", proposed),
    "candidate_contributions": ("pub__contributions", proposed),
    "candidate_evidence": ("pub__evidence", proposed),
    "candidate_changes": ("pub__changes", proposed),
    "holds": ("audit__holds", proposed),
    "accounts": ("core__accounts", proposed),
    "posts": ("core__posts", proposed),
    "interactions": ("core__interactions", proposed),
    "suppressions": ("core__suppressions", proposed),
    "identity_links": ("core__identity_links", proposed),
    "post_topics": ("core__post_topics", proposed),
    "post_state": ("feature__post_state", proposed),
    "engagement_days": ("feature__engagement_days", proposed),
    "engagement_state": ("feature__engagement_state", proposed),
    "coordinated_groups": ("feature__coordinated_groups", proposed),
    "trust_seeds": ("feature__trust_seeds", proposed),
    "trusted_accounts": ("feature__trusted_accounts", proposed),
    "released_scores": ("pub__scores", released),
    "previous_identity_links": ("core__identity_links", released),
    "previous_engagement_state": ("feature__engagement_state", released),
    "previous_trust_seeds": ("feature__trust_seeds", released),
    "previous_trusted_accounts": ("feature__trusted_accounts", released),
    "earlier_suppressions": ("core__suppressions", judged_lists),
    "earlier_accounts": ("core__accounts", days_before(28)),
    "earlier_post_topics": ("core__post_topics", days_before(14)),
    "shift_metrics": ("audit__shift_metrics", of_the_night),
    "shift_history": ("audit__shift_metrics", whole_table),
    "verdicts": ("gate__verdicts", whole_table),
    "all_deliveries": ("ops__deliveries", whole_table),
    "quarantine": ("ops__quarantine", whole_table),
    "releases": ("pub__releases", whole_table),
}
"""Relation: the table that it shows, and which of its files."""

READ_ONCE = ("all_deliveries", "releases")
"""Small tables of many files, a few a night, that many invariants read: opened as rows instead of as files."""

CALENDAR_FAULTS = pa.schema([("place", pa.string())])

APPROVED_REMOVALS = pa.schema([("list_code", pa.string()), ("network", pa.string()), ("account_id", pa.string())])

SHIFT_JUDGEMENTS = pa.schema([("judgement", pa.string()), ("observed", pa.float64()), ("offenders", pa.string())])

MEASURED = {
    "file_columns": FILE_COLUMNS, "declared_columns": DECLARED_COLUMNS, "frozen_files": FROZEN_FILES,
    "calendar_faults": CALENDAR_FAULTS, "shift_judgements": SHIFT_JUDGEMENTS, "approved_removals": APPROVED_REMOVALS,
}
"""Relations that are no files of a table: what was found out about files, versions, the calendar and the past."""

DERIVED = {
    "deliveries": """
        SELECT all_deliveries.*
        FROM all_deliveries, night
        WHERE night.snapshot_date BETWEEN covers_from_date AND covers_to_date
    """,
    "previous_suppressions": """
        SELECT *
        FROM earlier_suppressions
        QUALIFY snapshot_date = max(snapshot_date) OVER (PARTITION BY list_code)
    """,
    "left_accounts": """
        SELECT list_code, network, account_id
        FROM previous_suppressions
        ANTI JOIN suppressions USING (list_code, network, account_id)
    """,
    "listed_accounts": """
        SELECT network, account_id FROM suppressions
        UNION
        SELECT linked.network, linked.account_id
        FROM suppressions
        INNER JOIN identity_links AS listed USING (network, account_id)
        INNER JOIN identity_links AS linked ON listed.person_id = linked.person_id
    """,
    "listed_people": """
        SELECT network || ':' || account_id AS person_id FROM listed_accounts
        UNION
        SELECT person_id FROM identity_links SEMI JOIN listed_accounts USING (network, account_id)
    """,
}
"""Relations made of other relations, in this order. A person is listed when any one of their accounts is."""


@dataclass(frozen=True)
class Relations:
    """An open connection, and the reason for each relation that could not be opened."""

    connection: duckdb.DuckDBPyConnection
    unreadable: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, relation: Callable[[], duckdb.DuckDBPyRelation]) -> None:
        """Open one relation under a name; a failure is kept for the invariants that name it, and blocks them."""
        try:
            relation().create(name) if name in READ_ONCE else relation().create_view(name)
        except Exception as error:  # engine, catalog or disk: whichever it is, what cannot be read cannot pass
            self.unreadable[name] = f"{name} cannot be read: {error}"

    def add_arrow(self, name: str, rows: pa.Table) -> None:
        """Open a small relation that is copied in."""
        self.connection.from_arrow(rows).create(name)

    def add_found(self, name: str, rows: Callable[[], pa.Table]) -> None:
        """Open a small relation that must be found out first; a failure blocks the invariants that name it."""
        try:
            self.add_arrow(name, rows())
        except Exception as error:  # a footer or a version file that cannot be read cannot pass
            self.unreadable[name] = f"{name} cannot be found out: {error}"

    def add_night(self, snapshot_date: date, feeds: tuple[str, ...]) -> None:
        """Open what comes from the run: night(snapshot_date) and required_feeds(feed)."""
        self.add_arrow("night", pa.table({"snapshot_date": pa.array([snapshot_date], pa.date32())}))
        self.add_arrow("required_feeds", pa.table({"feed": pa.array(feeds, pa.string())}))

    def add_versions(self, retired: list[str]) -> None:
        """Open what comes from the event ledger: retired_versions(algorithm_version)."""
        self.add_arrow("retired_versions", pa.table({"algorithm_version": pa.array(retired, pa.string())}))

    def add_derived(self) -> None:
        """Open what follows from the sources."""
        for name, query in DERIVED.items():
            self.add(name, lambda query=query: self.connection.sql(query))

    def materialise_derived(self) -> None:
        """Replace each view of what follows by its rows, computed once: nine invariants ask who is listed."""
        for name in DERIVED.keys() - self.unreadable.keys():
            self.add_found(name, partial(self._rows_without_view, name))

    def _rows_without_view(self, name: str) -> pa.Table:
        """The rows of a view, which is dropped, so that they can take its name."""
        rows = self.connection.table(name).to_arrow_table()
        self.connection.execute(f"DROP VIEW {name}")
        return rows


def open_relations(store: Store, proposal: Proposal, release: Release | None) -> Relations:
    """Every relation of a night, over the files that the catalog names and no others."""
    night = JudgedNight(store, proposal, release)
    relations = Relations(open_connection(store.settings))
    files = {table: proposed(night, table) for table in proposal.table_snapshots}
    relations.connection.execute(f"SET threads = {_threads(files)}")
    relations.add_night(proposal.snapshot_date, required_feeds(store.settings))
    relations.add_versions(retired_versions(store, proposal.snapshot_date))
    for name, (table, files_of) in SOURCES.items():
        relations.add(name, partial(_rows_of, relations.connection, table, partial(files_of, night, table)))
    relations.add_derived()
    relations.materialise_derived()
    relations.add_found("declared_columns", declared_columns)
    relations.add_found("file_columns", lambda: file_columns(files))
    relations.add_found("frozen_files", frozen_file_rows)
    relations.add_found("approved_removals", lambda: approved_removals(relations.connection, store))
    return relations


def _threads(files: dict[str, list[str]]) -> int:
    """One thread for each share of a night that is worth one, and no more than there are cores."""
    present = (path for of_table in files.values() for path in map(Path, of_table) if path.exists())
    byte_count = sum(path.stat().st_size for path in present)
    return min(1 + byte_count // BYTES_PER_THREAD, os.cpu_count() or 1)


def required_feeds(settings: Settings) -> tuple[str, ...]:
    """The networks whose absence blocks, every network unless some are named, and the three lists."""
    return (*(settings.required_networks or settings.networks), *LIST_FEEDS)


def _rows_of(
    connection: duckdb.DuckDBPyConnection, table: str, listed: Callable[[], list[str]]
) -> duckdb.DuckDBPyRelation:
    return rows_of_files(connection, table, listed())
