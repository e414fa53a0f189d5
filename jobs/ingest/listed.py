"""Who must be left out: the suppression and minors lists and the forgotten, applied before anything is written."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from jobs.forgotten import forgotten_accounts
from jobs.ingest.contract import Record
from jobs.ingest.loaded import loaded_rows, newest_list_day
from jobs.ingest.records import people_of
from jobs.ingest.scratch import Keys
from jobs.settings import SUPPRESSING_FEEDS
from jobs.storage import Store


class Listed:
    """The accounts of one network that are on the newest lists on or before a day, or were forgotten at any time.

    Nulls: without any list nobody is left out here; a night without its lists is blocked elsewhere.
    """

    def __init__(self, store: Store, network: str, scratch: sqlite3.Connection):
        self._store, self._network = store, network
        self._keys = Keys(scratch, "listed_accounts")
        self._sizes: dict[tuple[str, date], int] = {}
        self._prefixes: dict[date, tuple[str, ...]] = {}
        self._forgotten = forgotten_accounts(store)

    def unlisted(self, records: Iterable[Record], snapshot_date: date) -> tuple[Record, ...]:
        """The records that say nothing about a listed account."""
        if snapshot_date not in self._prefixes:
            self._prefixes[snapshot_date] = self._prefixes_on(snapshot_date)
        prefixes = self._prefixes[snapshot_date]
        if not prefixes and not self._forgotten:
            return tuple(records)
        return tuple(record for record in records if not self._names_listed(record, prefixes))

    def _names_listed(self, record: Record, prefixes: tuple[str, ...]) -> bool:
        people = [person for person in people_of(record) if person is not None]
        if self._forgotten and any(self._forgotten.holds(self._network, person) for person in people):
            return True
        return any(prefix + person in self._keys for prefix in prefixes for person in people)

    def _prefixes_on(self, snapshot_date: date) -> tuple[str, ...]:
        newest = {feed: newest_list_day(self._store, feed, snapshot_date) for feed in SUPPRESSING_FEEDS}
        return tuple(f"{feed}:{day}:" for feed, day in newest.items() if day and self._size(feed, day))

    def _size(self, feed: str, day: date) -> int:
        if (feed, day) not in self._sizes:
            rows = loaded_rows(self._store, "core__suppressions", day, ["list_code", "network", "account_id"])
            self._sizes[feed, day] = self._keys.add_all(
                f"{feed}:{day}:{account_id}"
                for code, network, account_id in rows
                if code == feed and network == self._network
            )
        return self._sizes[feed, day]
