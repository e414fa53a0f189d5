"""What earlier loads left in the tables, read in batches."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pyarrow.parquet as pq

from jobs.ingest.land import Landing
from jobs.storage import Store, on_day

BATCH_ROWS = 65_536

EPOCH = date(1970, 1, 1)
"""Iceberg counts the days of a date partition from here."""


def loaded_rows(store: Store, table: str, snapshot_date: date, columns: list[str]) -> Iterator[tuple]:
    """Stream the rows of one day as tuples of the columns asked for."""
    yield from file_rows(store.files(table, on_day(snapshot_date)), columns)


def files_by_day(store: Store, table: str) -> dict[date, list[str]]:
    """The files of each day of a table, planned at once: a plan for each of hundreds of days takes seconds."""
    files = defaultdict(list)
    for task in store.iceberg(table).scan().plan_files():
        files[EPOCH + timedelta(days=task.file.partition[0])].append(task.file.file_path)
    return files


def file_rows(files: list[str], columns: list[str]) -> Iterator[tuple]:
    """Stream the rows of files as tuples of the columns asked for."""
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(BATCH_ROWS, columns=columns):
            yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)


def deliveries(store: Store, feed: str) -> list[dict]:
    """The rows of ops__deliveries of one feed."""
    return store.arrow("ops__deliveries", where=f"feed = '{feed}'").to_pylist()


def delivered_days(store: Store, feeds: tuple[str, ...]) -> dict[str, list[date]]:
    """The days for which some list feeds were delivered; an empty list leaves no other trace."""
    listed = ", ".join(f"'{feed}'" for feed in feeds)
    columns = ["feed", "covers_from_date"]
    days: dict[str, list[date]] = {feed: [] for feed in feeds}
    for row in store.arrow("ops__deliveries", where=f"feed IN ({listed})", columns=columns).to_pylist():
        days[row["feed"]].append(row["covers_from_date"])
    return days


def loaded_before(store: Store, landing: Landing) -> dict[str, dict]:
    """The deliveries, by checksum, whose bytes were loaded for the days of a landing, or for all days."""
    prefixes = (landing.prefix, replace(landing, snapshot_date=None).prefix)
    rows = deliveries(store, landing.feed)
    return {row["file_sha256"]: row for row in rows if row["landed_path"].startswith(prefixes)}
