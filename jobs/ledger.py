"""The release ledger: one hash-chained row per release, read by every stage and written by publish alone."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise

import pyarrow.parquet as pq

from jobs.pointer import Lineage, lineage, steps_back
from jobs.storage import Store, on_day
from jobs.tables import TABLES
from jobs.verdicts import HOLD, PASS, WARN

NO_HASH = "0" * 64

PUBLISHABLE = (PASS, WARN, HOLD)
"""Verdicts that readers may see a candidate with."""

APPROVED = "approved"
"""What the ledger says of a release that the gate blocked and two people approved; no verdict of the gate."""


MOST_LEDGER_FILES = 4_096
"""Ledger files remembered by a process: eleven years of nights."""


@dataclass(frozen=True)
class Release:
    """One row of pub__releases, with the Iceberg snapshots that it froze."""

    release_number: int
    release_id: str
    snapshot_date: date
    candidate_id: str
    candidate_digest: str
    files_digest: str
    input_digest: str
    table_snapshots: dict[str, int]
    verdict: str
    restates_release_id: str | None
    recorded_at: datetime
    previous_hash: str
    chain_hash: str

    def to_row(self) -> dict:
        """The release as a row of pub__releases."""
        return {**self.__dict__, "table_snapshots": json.dumps(self.table_snapshots, sort_keys=True)}

    def expected_hash(self) -> str:
        """The chain hash that the other columns give."""
        return chained({name: value for name, value in self.to_row().items() if name != "chain_hash"})


def chained(row: dict, table: str = "pub__releases") -> str:
    """sha256 over the columns of a row of a ledger table in table order, previous_hash included."""
    names = [name for name in TABLES[table].column_names if name != "chain_hash"]
    text = json.dumps([_plain(row[name]) for name in names], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def releases(store: Store) -> list[Release]:
    """The whole ledger in order of release number."""
    return list(_ledger_of(tuple(store.files("pub__releases"))))


@lru_cache(maxsize=4)
def _ledger_of(files: tuple[str, ...]) -> tuple[Release, ...]:
    rows = sorted((row for file in files for row in _rows_of(file)), key=lambda row: row["release_number"])
    return tuple(Release(**{**row, "table_snapshots": json.loads(row["table_snapshots"])}) for row in rows)


@lru_cache(maxsize=MOST_LEDGER_FILES)
def _rows_of(file: str) -> tuple[dict, ...]:
    """The rows of a ledger file, read once: it is named by its digest and never changes (one file a release)."""
    rows = pq.read_table(file.removeprefix("file://"), schema=TABLES["pub__releases"].arrow_schema)
    return tuple(rows.to_pylist())


def visible_releases(store: Store) -> list[Release]:
    """The releases that readers see the outcome of, oldest first: all, without those that were rolled back."""
    found = _lineage(store)
    return built_upon(store, found.seen, found)


def behind(store: Store, release: Release) -> list[Release]:
    """A release and those that it was built on, oldest first, whatever was rolled back since."""
    return built_upon(store, release.release_number, _lineage(store))


def built_upon(store: Store, release_number: int, found: Lineage) -> list[Release]:
    """The releases that led to one of a number, itself included; none for the number of no release."""
    numbers = set(found.up_to(release_number))
    return [release for release in releases(store) if release.release_number in numbers]


def _lineage(store: Store) -> Lineage:
    """Rollbacks are read before the ledger: then every release that one of them names is in it."""
    steps = steps_back(store)
    return lineage([release.release_number for release in releases(store)], steps)


def newest_release(store: Store, *, before: date | None = None, on: date | None = None) -> Release | None:
    """The last release of the latest night before a day, or of one day, that readers see; None when there is none."""
    chosen = [r for r in visible_releases(store)
              if (before is None or r.snapshot_date < before) and (on is None or r.snapshot_date == on)]
    return max(chosen, key=lambda r: (r.snapshot_date, r.release_number), default=None)


def on_older_states(numbers: Mapping[date, int]) -> list[date]:
    """Nights that do not go on from what readers see of the nights before them: one of those was released after them.

    numbers: the release that readers see of each night. A night on such a night is one, too, until it is run again.
    """
    days = sorted(numbers)
    first = next((day for before, day in pairwise(days) if numbers[day] < numbers[before]), None)
    return days[days.index(first):] if first else []


def released_files(store: Store, release: Release | None, table: str, where: str | None = None) -> list[str]:
    """The files of a table as a release froze them; none without a release, or when it froze none of the table."""
    snapshot = release.table_snapshots.get(table) if release else None
    return store.files(table, where, snapshot=snapshot) if snapshot else []


def released_state(spark, store: Store, table: str, earlier: Release | None):
    """The rows of a table as a release froze them, on its own day; empty without a release, or when it held none."""
    if earlier is None or table not in earlier.table_snapshots:
        return store.frame_of(spark, table, [])
    return store.frame(spark, table, on_day(earlier.snapshot_date), snapshot=earlier.table_snapshots[table])


def _plain(value):
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat() if isinstance(value, date) else value
