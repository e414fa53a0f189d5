"""Lists about people, loaded whole or not at all: opt-outs, minors, accounts of one person."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from jobs.erasure_requests import Account, waiting_accounts
from jobs.errors import BadInput
from jobs.forgotten import forgotten_accounts
from jobs.ingest.delivery import delivery_files, write_manifests
from jobs.ingest.land import Arrival, DeliveredFile, Landing
from jobs.ingest.list_files import (
    IDENTITY_LINK,
    LISTED_ACCOUNT,
    identity_row,
    list_file,
    list_rows,
    read_manifest,
    require_equal,
)
from jobs.ingest.loaded import loaded_before, loaded_rows
from jobs.ingest.parts import Parts
from jobs.ingest.scratch import Keys, open_scratch
from jobs.ingest.summary import IngestSummary, Tally, recognised_summary, summary_of
from jobs.ingest.without_forgotten import without_forgotten
from jobs.storage import Store
from jobs.tables import TABLES

IDENTITY_FEED = "identity"
SUPPRESSION_FEED = "suppression"


@dataclass(frozen=True)
class ListLoad:
    """One list on its way into its table, for one day; forgotten are the accounts that were cut out of it."""

    store: Store
    landing: Landing
    tally: Tally
    parts: Parts
    keys: Keys
    forgotten: frozenset[Account] = frozenset()

    def run(self) -> None:
        """Read every row; nothing is committed yet."""
        started = time.perf_counter()
        if self.landing.feed == IDENTITY_FEED:
            self._read_links()
        else:
            self._read_accounts()
        self.tally.count_cut()
        self.tally.seconds = time.perf_counter() - started

    def commit(self, recorded_at: datetime) -> None:
        """Commit the list with its delivery: links replace those of the day, listed accounts are added to those of it.

        Why: two lists share core__suppressions and may load at once, so a swap of the day by one could drop
        the accounts of the other. A second list for a day can only leave out more accounts, never fewer.
        """
        self.tally.check_conservation()
        files = self.parts.finish()
        delivery = delivery_files(self.store, self.landing, [self.tally], recorded_at)
        if self.landing.feed == IDENTITY_FEED:
            links = files.get("core__identity_links", [])
            self.store.replace_day("core__identity_links", self.landing.snapshot_date, links, delivery)
        else:
            self.store.append_together(files | delivery)
        write_manifests(self.store, self.landing, [self.tally])

    def _read_accounts(self) -> None:
        self._meet_listed_accounts()
        for network, account_id in list_rows(self.tally.landed.path, LISTED_ACCOUNT):
            self.tally.row_count += 1
            if self.keys.add(f"{network}\n{account_id}"):
                self._keep("core__suppressions", self.landing.feed, network, account_id)
            else:
                self.tally.leave_out("duplicate")
        self._add_waiting()

    def _add_waiting(self) -> None:
        for network, account_id in sorted(_waiting(self.landing, self.forgotten)):
            if self.keys.add(f"{network}\n{account_id}"):
                cells = (self.landing.snapshot_date, self.landing.feed, network, account_id)
                self.parts.add("core__suppressions", self.landing.snapshot_date, cells)

    def _meet_listed_accounts(self) -> None:
        self.keys.add_all(
            f"{network}\n{account_id}" for network, account_id in _listed_accounts(self.store, self.landing)
        )

    def _read_links(self) -> None:
        path = self.tally.landed.path
        for cells in list_rows(path, IDENTITY_LINK):
            self.tally.row_count += 1
            network, account_id, person_id, link_source, declared_date = identity_row(path, cells)
            if not self.keys.add("\n".join(cells)):
                self.tally.leave_out("duplicate")
            elif self.keys.add(f"{network}\n{account_id}"):
                self._keep("core__identity_links", network, account_id, person_id, link_source, declared_date)
            else:
                raise BadInput(
                    f"{path.name} row {self.tally.row_count}: expected one link for each account, found a "
                    f"second; nothing loaded. Decide on one and correct the manifest."
                )

    def _keep(self, table: str, *cells: object) -> None:
        self.tally.kept += 1
        self.parts.add(table, self.landing.snapshot_date, (self.landing.snapshot_date, *cells))


def load_list(store: Store, landing: Landing, paths: list[Path], recorded_at: datetime) -> IngestSummary:
    """Load one list for a day, after comparing it with the manifest that came with it.

    Errors: BadInput when the manifest is missing or disagrees, or any row is bad; then nothing is committed.
    """
    started = time.perf_counter()
    file = list_file(paths)
    manifest = read_manifest(file.path)
    cleared = without_forgotten(
        _whole_arrival(landing, file, manifest["sha256"]), landing.feed, None, forgotten_accounts(store))
    arrival = cleared.arrival
    known = loaded_before(store, landing)
    if set(known) == {arrival.sha256}:
        arrival.copy.unlink()
        _append_waiting(store, landing, cleared.accounts)
        summary = recognised_summary(file.name, known[arrival.sha256], arrival.seconds)
        return IngestSummary(landing.feed, (summary,), (), time.perf_counter() - started)
    tally = Tally(landing.keep(arrival), cleared.row_count)
    _load_rows(store, landing, tally, manifest["rows"], cleared.accounts, recorded_at)
    days = (landing.snapshot_date,)
    return IngestSummary(landing.feed, (summary_of(tally),), days, time.perf_counter() - started)


def _append_waiting(store: Store, landing: Landing, forgotten: frozenset[Account]) -> None:
    """Who asked since a list was loaded counts as listed when its day is run again."""
    late = _waiting(landing, forgotten) - set(_listed_accounts(store, landing))
    rows = [{"snapshot_date": landing.snapshot_date, "list_code": landing.feed, "network": network,
             "account_id": account_id} for network, account_id in sorted(late)]
    if rows and landing.feed != IDENTITY_FEED:
        store.append_rows("core__suppressions", pa.Table.from_pylist(
            rows, schema=TABLES["core__suppressions"].arrow_schema))


def _waiting(landing: Landing, forgotten: frozenset[Account]) -> frozenset[Account]:
    """Who waits to be erased counts as suppressed, and stays on each list that names them until they are erased."""
    waiting = waiting_accounts(landing.home)
    return waiting if landing.feed == SUPPRESSION_FEED else waiting & forgotten


def _listed_accounts(store: Store, landing: Landing) -> Iterator[Account]:
    columns = ["list_code", "network", "account_id"]
    rows = loaded_rows(store, "core__suppressions", landing.snapshot_date, columns)
    return ((network, account_id) for code, network, account_id in rows if code == landing.feed)


def _whole_arrival(landing: Landing, file: DeliveredFile, expected_sha256: str) -> Arrival:
    arrival = landing.copy_in(file)
    try:
        require_equal(file.name, "sha256", expected_sha256, arrival.sha256)
    except BadInput:
        arrival.copy.unlink()
        raise
    return arrival


def _load_rows(
    store: Store, landing: Landing, tally: Tally, expected_row_count: int, forgotten: frozenset[Account],
    recorded_at: datetime,
) -> None:
    with open_scratch(store.settings.home) as scratch:
        load = ListLoad(store, landing, tally, Parts(store), Keys(scratch, "list_keys"), forgotten)
        load.run()
        require_equal(tally.landed.arrival.file_name, "rows", expected_row_count, tally.row_count)
        load.commit(recorded_at)
