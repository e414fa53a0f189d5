"""What an invariant may name: the exact committed files of the night as DuckDB relations, and what they imply."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from jobs.gate.footers import DECLARED_COLUMNS, FILE_COLUMNS, declared_columns, file_columns
from jobs.gate.frozen import FROZEN_FILES, frozen_files
from jobs.gate.proposal import Proposal
from jobs.gate.removals import approved_removals
from jobs.ledger import Release, released_files
from jobs.lifecycle import retired_versions
from jobs.measuring import open_connection, rows_of_files
from jobs.settings import LIST_FEEDS, Settings
from jobs.storage import Store, on_day

BYTES_PER_THREAD = 16 << 20
"""Over less, two threads take a quarter more processor time than one and end no sooner; measured on the demo world."""

Files = Callable[[Store, str, Proposal, Release | None], list[str]]


def proposed(store: Store, table: str, proposal: Proposal, release: Release | None) -> list[str]:
    """The night's files in the snapshot that was proposed."""
    snapshot = proposal.table_snapshots.get(table)
    return store.files(table, on_day(proposal.snapshot_date), snapshot=snapshot) if snapshot else []


def released(store: Store, table: str, proposal: Proposal, release: Release | None) -> list[str]:
    """The files of the last released night before this one, in the snapshot that was released."""
    return released_files(store, release, table, on_day(release.snapshot_date)) if release else []


def judged_lists(store: Store, table: str, proposal: Proposal, release: Release | None) -> list[str]:
    """The lists of the last release; before the first one, every earlier list.

    Lists of a blocked night were never judged: a list cut short must not become the measure of the next one.
    """
    if release:
        return released(store, table, proposal, release)
    return store.files(table, f"snapshot_date < '{proposal.snapshot_date.isoformat()}'")


def days_before(count: int) -> Files:
    """The files of so many days before the night, of a table that no release freezes day by day."""
    def files(store: Store, table: str, proposal: Proposal, release: Release | None) -> list[str]:
        first = proposal.snapshot_date - timedelta(days=count)
        return store.files(table, f"snapshot_date >= '{first}' AND snapshot_date < '{proposal.snapshot_date}'")

    return files


def of_the_night(store: Store, table: str, proposal: Proposal, release: Release | None) -> list[str]:
    """The night's files as they are now, of a table that no release freezes."""
    return store.files(table, on_day(proposal.snapshot_date))


def whole_table(store: Store, table: str, proposal: Proposal, release: Release | None) -> list[str]:
    """All files of a table that has no days."""
    return store.files(table)


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

    def work_out_derived(self) -> None:
        """Put the rows of what follows in the place of the questions, once: nine invariants ask who is listed."""
        for name in DERIVED.keys() - self.unreadable.keys():
            self.add_found(name, partial(self._taken_out, name))

    def _taken_out(self, name: str) -> pa.Table:
        rows = self.connection.table(name).to_arrow_table()
        self.connection.execute(f"DROP VIEW {name}")
        return rows


def open_relations(store: Store, proposal: Proposal, release: Release | None) -> Relations:
    """Every relation of a night, over the files that the catalog names and no others."""
    relations = Relations(open_connection(store.settings))
    files = _proposed_files(store, proposal)
    relations.connection.execute(f"SET threads = {_threads(files)}")
    relations.add_night(proposal.snapshot_date, required_feeds(store.settings))
    relations.add_versions(retired_versions(store, proposal.snapshot_date))
    for name, (table, files_of) in SOURCES.items():
        listed = partial(files_of, store, table, proposal, release)
        relations.add(name, partial(_rows_of, relations.connection, table, listed))
    relations.add_derived()
    relations.work_out_derived()
    relations.add_found("declared_columns", declared_columns)
    relations.add_found("file_columns", lambda: file_columns(files))
    relations.add_found("frozen_files", frozen_files)
    relations.add_found("approved_removals", lambda: approved_removals(relations.connection, store))
    return relations


def _proposed_files(store: Store, proposal: Proposal) -> dict[str, list[str]]:
    return {table: proposed(store, table, proposal, None) for table in proposal.table_snapshots}


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
