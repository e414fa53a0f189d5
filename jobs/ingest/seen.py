"""What was loaded before, so that the same thing delivered twice is kept once."""

import sqlite3
from datetime import date

from jobs.ingest.loaded import file_rows, files_by_day
from jobs.ingest.records import ID_COLUMNS, record_key
from jobs.ingest.scratch import Keys
from jobs.storage import Store


class Seen:
    """The rows and records of one network: those of earlier loads, and those of this one.

    Why: the core tables do not keep row keys. A row of an earlier load is known by its records instead:
    when the tables already hold every one of them, the row brings nothing.
    """

    def __init__(self, store: Store, network: str, snapshot_date: date | None, scratch: sqlite3.Connection):
        self._store, self._network = store, network
        self._earlier, self._this_load = Keys(scratch, "earlier_keys"), Keys(scratch, "load_keys")
        self._files = {table: files for table in ID_COLUMNS if (files := files_by_day(store, table, snapshot_date))}
        self._met_days: set[date] = set()

    def is_new_row(self, row_key: str, record_keys: list[str]) -> bool:
        """Whether this load has not met the row and an earlier one did not keep all of its records."""
        is_first = self._this_load.add(f"row:{row_key}")
        return is_first and not (self._files and all(key in self._earlier for key in record_keys))

    def is_new_record(self, record_key: str) -> bool:
        """Whether no load has kept the record; from now on, one has."""
        return not (self._files and record_key in self._earlier) and self._this_load.add(record_key)

    def meet_day(self, snapshot_date: date) -> None:
        """Take over the keys that the core tables hold for a day, the first time it is met."""
        if snapshot_date in self._met_days:
            return
        self._met_days.add(snapshot_date)
        for table, files in self._files.items():
            rows = file_rows(files.get(snapshot_date, []), ["network", ID_COLUMNS[table]])
            self._earlier.add_all(
                record_key(table, identifier, snapshot_date)
                for network, identifier in rows
                if network == self._network
            )

    def meet_file(self, feed: str, file_sha256: str) -> None:
        """Take over which rows of the same bytes lie in quarantine already."""
        where = f"feed = '{feed}' and file_sha256 = '{file_sha256}'"
        numbers = self._store.arrow("ops__quarantine", where=where, columns=["row_number"])["row_number"]
        self._this_load.add_all(refused_key(file_sha256, number) for number in numbers.to_pylist())


def refused_key(file_sha256: str, row_number: int) -> str:
    """The key under which a refused row is quarantined once, whatever day its file is delivered for."""
    return f"refused:{file_sha256}:{row_number}"
