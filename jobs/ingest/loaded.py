"""What earlier loads left in the tables, read in batches."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import pyarrow.parquet as pq

from jobs.ingest.contract import THE_FILE_ITSELF
from jobs.ingest.land import Landing
from jobs.storage import Store, on_day

BATCH_ROWS = 65_536

PLACES_REMEMBERED = 4
"""States of ops__deliveries that a process remembers; a load asks of the one before its commit only."""

EPOCH = date(1970, 1, 1)
"""Iceberg counts the days of a date partition from here."""


def loaded_rows(store: Store, table: str, snapshot_date: date, columns: list[str]) -> Iterator[tuple]:
    """Stream the rows of one day as tuples of the columns asked for."""
    yield from file_rows(store.files(table, on_day(snapshot_date)), columns)


def files_by_day(store: Store, table: str, snapshot_date: date | None) -> dict[date, list[str]]:
    """The files of one day of a table; of every day, planned at once, when no day is given."""
    if snapshot_date:
        files_of_day = store.files(table, on_day(snapshot_date))
        return {snapshot_date: files_of_day} if files_of_day else {}
    files = defaultdict(list)
    for task in store.iceberg(table).scan().plan_files():
        files[EPOCH + timedelta(days=task.file.partition[0])].append(task.file.file_path)
    return files


def file_rows(files: list[str], columns: list[str]) -> Iterator[tuple]:
    """Stream the rows of files as tuples of the columns asked for."""
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(BATCH_ROWS, columns=columns):
            yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)


def deliveries(store: Store, feed: str, snapshot_date: date | None) -> list[dict]:
    """The rows of ops__deliveries of one feed that cover a day; all of them when no day is given."""
    as_it_is_now = store.iceberg("ops__deliveries").metadata_location
    return [row for row in _deliveries_at(store, as_it_is_now, snapshot_date) if row["feed"] == feed]


@lru_cache(maxsize=PLACES_REMEMBERED)
def _deliveries_at(store: Store, metadata_location: str, snapshot_date: date | None) -> tuple[dict, ...]:
    """All feeds at once: between two commits a night asks six times, each time of another feed."""
    covers = f"covers_from_date <= '{snapshot_date}' AND covers_to_date >= '{snapshot_date}'"
    return tuple(store.arrow("ops__deliveries", where=covers if snapshot_date else None).to_pylist())


def newest_list_day(store: Store, feed: str, snapshot_date: date) -> date | None:
    """The last day up to a given one for which a list was delivered; an empty list leaves no other trace.

    The day itself is asked for first: that is the rule, and it reads one file, not the history.
    """
    if deliveries(store, feed, snapshot_date):
        return snapshot_date
    days = (row["covers_from_date"] for row in deliveries(store, feed, None))
    return max((day for day in days if day <= snapshot_date), default=None)


def loaded_before(store: Store, landing: Landing) -> dict[str, dict]:
    """The deliveries, by checksum, whose bytes were loaded for the days of a landing, or for all days.

    Of bytes that were refused, and read when they came again, the second delivery counts.
    """
    prefixes = (landing.prefix, replace(landing, snapshot_date=None).prefix)
    rows = sorted(deliveries(store, landing.feed, landing.snapshot_date), key=lambda row: row["is_complete"])
    return {row["file_sha256"]: row for row in rows if row["landed_path"].startswith(prefixes)}


def was_refused(store: Store, delivery: dict) -> bool:
    """Whether a delivery was refused as a whole: it may have been this machine's fault, so its bytes are read again."""
    if delivery["is_complete"]:
        return False
    where = (f"feed = '{delivery['feed']}' and file_sha256 = '{delivery['file_sha256']}' "
             f"and row_number = {THE_FILE_ITSELF}")
    return store.arrow("ops__quarantine", where=where, columns=["row_number"]).num_rows > 0
