"""One delivery of a network, from the files given to the committed tables."""

import time
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from jobs.errors import BadInput
from jobs.failpoints import failpoint
from jobs.forgotten import forgotten_accounts
from jobs.ingest.contract import Connector
from jobs.ingest.land import MANIFEST_NAME, Arrival, DeliveredFile, Landing, delivered_files
from jobs.ingest.listed import Listed
from jobs.ingest.load import Load, OnProgress, Progress
from jobs.ingest.loaded import deliveries, loaded_before, was_refused
from jobs.ingest.parts import Parts
from jobs.ingest.scratch import WaitingRows, open_scratch
from jobs.ingest.seen import Seen
from jobs.ingest.summary import FileSummary, IngestSummary, Tally, recognised_summary, summary_of
from jobs.ingest.unreadable import is_note
from jobs.ingest.without_forgotten import without_forgotten
from jobs.storage import Store
from jobs.tables import TABLES

NO_DAY = date(1970, 1, 1)
"""What a file covers that gave no day at all, such as one that could not be read; no night asks for it."""


@dataclass
class Landed:
    """The files of one delivery after landing, by checksum: those to read, and those loaded before."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    known: dict[str, dict] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)

    def summaries(self) -> tuple[FileSummary, ...]:
        """One summary for each file that was given, in the order given."""
        return tuple(self._summary(arrival) for arrival in self.arrivals)

    def _summary(self, arrival: Arrival) -> FileSummary:
        if arrival.sha256 in self.known:
            return recognised_summary(arrival.file_name, self.known[arrival.sha256], arrival.seconds)
        tally = self.tallies[arrival.sha256]
        summary = summary_of(tally)
        if tally.landed.arrival is arrival:
            return summary
        return replace(summary, file_name=arrival.file_name, recognised=True, seconds=arrival.seconds)

    def last_day(self) -> date | None:
        """The newest event day in all files of the delivery, known ones included."""
        days = [tally.last_day for tally in self.tallies.values()] + [
            row["covers_to_date"] for row in self.known.values()
        ]
        return max((day for day in days if day and day != NO_DAY), default=None)


def load_delivery(
    store: Store,
    landing: Landing,
    connector: Connector,
    paths: list[Path],
    recorded_at: datetime,
    on_progress: OnProgress | None,
) -> IngestSummary:
    """Land, read and commit the files of one network for one day or for all days.

    Errors: MissingInput, BadInput, PipelineError; then nothing is committed.
    """
    started = time.perf_counter()
    files, ignored = network_files(paths, connector.MEMBERS)
    parts = Parts(store)
    with open_scratch(store.settings.home) as scratch:
        landed = land(store, landing, connector, files)
        load = Load(
            feed=landing.feed,
            snapshot_date=landing.snapshot_date,
            recorded_at=recorded_at,
            seen=Seen(store, landing.feed, landing.snapshot_date, scratch),
            listed=Listed(store, landing.feed, scratch),
            waiting=WaitingRows(scratch),
            parts=parts,
            progress=Progress(on_progress),
        )
        for tally in landed.tallies.values():
            load.read(connector, tally)
        load.settle_waiting(landed.tallies, landed.last_day())
    commit(store, landing, parts, landed, recorded_at)
    days = tuple(sorted(parts.days))
    return IngestSummary(landing.feed, landed.summaries(), days, time.perf_counter() - started, ignored)


def network_files(paths: list[Path], members: tuple[str, ...]) -> tuple[list[DeliveredFile], tuple[str, ...]]:
    """Split a delivery into the files that hold rows and the names of those that do not.

    Errors: BadInput when no file is one of the network's.
    """
    files = delivered_files(paths)
    chosen = [
        file for file in files if file.name.endswith(tuple(members)) and file.path.name != MANIFEST_NAME
    ]
    ignored = tuple(file.name for file in files if file not in chosen)
    if not chosen:
        raise BadInput(
            f"{', '.join(ignored)}: expected files that end in {', '.join(members)}, found none; nothing "
            f"loaded. Check that the feed is the right one."
        )
    return chosen, ignored


def land(store: Store, landing: Landing, connector: Connector, files: list[DeliveredFile]) -> Landed:
    """Keep the new files, and recognise those whose bytes this feed loaded, or cut off, before for the same days."""
    landed = Landed()
    earlier, forgotten = loaded_before(store, landing), forgotten_accounts(store)
    for file in files:
        cleared = without_forgotten(landing.copy_in(file), landing.feed, connector, forgotten)
        arrival = cleared.arrival
        landed.arrivals.append(arrival)
        before = earlier.get(arrival.sha256)
        if before and (is_note(arrival.copy) or not was_refused(store, before)):
            landed.known[arrival.sha256] = before
            arrival.copy.unlink()
        elif arrival.sha256 in landed.tallies:
            arrival.copy.unlink()
        else:
            landed.tallies[arrival.sha256] = Tally(landing.keep(arrival), cleared.row_count)
    return landed


def commit(store: Store, landing: Landing, parts: Parts, landed: Landed, recorded_at: datetime) -> None:
    """Commit everything that a load wrote, after checking that no row is lost: all tables at once, or none."""
    tallies = list(landed.tallies.values())
    for tally in tallies:
        tally.check_conservation()
    files = parts.finish()
    store.append_together(files | delivery_files(store, landing, tallies, recorded_at))
    write_manifests(store, landing, tallies)


def delivery_files(
    store: Store, landing: Landing, tallies: list[Tally], recorded_at: datetime
) -> dict[str, list[str]]:
    """The new files of ops__deliveries, to be committed together with what was delivered."""
    rows = new_deliveries(store, landing, tallies, recorded_at)
    return {"ops__deliveries": store.write_rows("ops__deliveries", rows)}


def new_deliveries(store: Store, landing: Landing, tallies: list[Tally], recorded_at: datetime) -> pa.Table:
    """Rows of ops__deliveries for the files that have none yet."""
    first_days = [tally.first_day for tally in tallies if tally.first_day]
    last_days = [tally.last_day for tally in tallies if tally.last_day]
    span = (min(first_days, default=NO_DAY), max(last_days, default=NO_DAY))
    marked = {delivery_key(row) for row in deliveries(store, landing.feed, landing.snapshot_date)}
    rows = [delivery_row(landing, tally, span, recorded_at) for tally in tallies]
    return pa.Table.from_pylist(
        [row for row in rows if delivery_key(row) not in marked], TABLES["ops__deliveries"].arrow_schema)


def write_manifests(store: Store, landing: Landing, tallies: list[Tally]) -> None:
    """Say beside each landed file that it is loaded, with the rows that ops__deliveries says it brought.

    A file that somebody forgotten was cut out of may have the bytes of a shorter one, which brought fewer rows; one
    that was loaded for its only day before has no row for all days.
    """
    failpoint("ingest.tables_committed")
    recorded = {sha256: row["row_count"] for sha256, row in loaded_before(store, landing).items()}
    for tally in tallies:
        landing.write_manifest(tally.landed, recorded.get(tally.landed.arrival.sha256, tally.row_count))


def delivery_key(row: dict) -> tuple:
    """The columns that make a row of ops__deliveries unique."""
    return tuple(row[column] for column in TABLES["ops__deliveries"].key)


def delivery_row(landing: Landing, tally: Tally, span: tuple[date, date], recorded_at: datetime) -> dict:
    """A file as a row of ops__deliveries; a file without days of its own covers the span of its delivery."""
    arrival = tally.landed.arrival
    first_day, last_day = tally.first_day or span[0], tally.last_day or span[1]
    return {
        "feed": landing.feed,
        "covers_from_date": landing.snapshot_date or first_day,
        "covers_to_date": landing.snapshot_date or last_day,
        "file_name": arrival.file_name,
        "file_sha256": arrival.sha256,
        "file_byte_count": arrival.byte_count,
        "landed_path": tally.landed.landed_path,
        "is_complete": tally.is_complete,
        "row_count": tally.row_count,
        "kept_row_count": tally.kept,
        "quarantined_row_count": tally.quarantined,
        "suppressed_row_count": tally.suppressed,
        "out_of_scope_row_count": tally.out_of_scope,
        "recorded_at": recorded_at,
    }
