"""Read a network's files as a stream and sort every row: kept, quarantined, suppressed or out of scope."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from jobs.errors import BadInput
from jobs.failpoints import failpoint
from jobs.ingest.contract import THE_FILE_ITSELF, Connector, SourceRow, Truncated
from jobs.ingest.listed import Listed
from jobs.ingest.parts import Parts
from jobs.ingest.records import CORE_TABLES, cells_of, defect_of, key_of
from jobs.ingest.scratch import WaitingRows
from jobs.ingest.seen import Seen, refused_key
from jobs.ingest.summary import Tally

PROGRESS_ROWS = 50_000
MAX_DETAIL_CHARACTERS = 300
"""A reason is a sentence; more would copy content of the row into quarantine."""

OnProgress = Callable[[int, int], None]


@dataclass
class Progress:
    """How far a load is: rows read, and bytes of the files that are finished."""

    report: OnProgress | None = None
    row_count: int = 0
    byte_count: int = 0

    def watch(self, rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
        """Pass rows on and report now and then."""
        for row in rows:
            yield row
            self.row_count += 1
            if self.report and self.row_count % PROGRESS_ROWS == 0:
                self.report(self.row_count, self.byte_count)

    def finish_file(self, byte_count: int) -> None:
        """Report the end of a file."""
        self.byte_count += byte_count
        if self.report:
            self.report(self.row_count, self.byte_count)


@dataclass(frozen=True)
class Load:
    """One delivery of a network on its way into the tables; snapshot_date None keeps rows of every day."""

    feed: str
    snapshot_date: date | None
    recorded_at: datetime
    seen: Seen
    listed: Listed
    waiting: WaitingRows
    parts: Parts
    progress: Progress = field(default_factory=Progress)

    def read(self, connector: Connector, tally: Tally) -> None:
        """Sort every row of one landed file; a file that ends early or is refused is marked incomplete."""
        started = time.perf_counter()
        landed = tally.landed
        self.seen.meet_file(self.feed, landed.arrival.sha256)
        try:
            for row in self.progress.watch(connector.read_rows(landed.path, landed.arrival.file_name)):
                self._sort(row, tally)
        except Truncated:
            tally.is_complete = False
        except BadInput as refusal:
            tally.is_complete = False
            self._sort(SourceRow(THE_FILE_ITSELF, rejected="file_refused", detail=str(refusal)), tally)
        tally.count_cut()
        self.progress.finish_file(landed.arrival.byte_count)
        failpoint("ingest.rows_read")
        tally.seconds += time.perf_counter() - started

    def settle_waiting(self, tallies: dict[str, Tally], last_day: date | None) -> None:
        """Date the rows without a time of their own by the last day of the delivery.

        Errors: BadInput when nothing in the delivery has a date.
        """
        if self.waiting.count and last_day is None:
            raise BadInput(
                f"feed {self.feed}: {self.waiting.count} rows have no time of their own and no other row "
                f"gives a day; nothing loaded. Load them for a day, or together with dated files."
            )
        for file_sha256, row in self.waiting:
            self._place(row, last_day, tallies[file_sha256])

    def _sort(self, row: SourceRow, tally: Tally) -> None:
        tally.row_count += 1
        if row.out_of_scope:
            tally.leave_out(row.out_of_scope)
        elif reason := row.rejected or defect_of(row):
            self._refuse(row, reason, tally)
        elif row.event_at is None:
            self._place_by_delivery(row, tally)
        else:
            self._place_by_event(row, row.event_at.astimezone(UTC).date(), tally)

    def _place_by_delivery(self, row: SourceRow, tally: Tally) -> None:
        if self.snapshot_date is None:
            self.waiting.add(tally.landed.arrival.sha256, row)
        else:
            self._place(row, self.snapshot_date, tally)

    def _place_by_event(self, row: SourceRow, event_day: date, tally: Tally) -> None:
        if self.snapshot_date in (None, event_day):
            tally.cover(event_day)
            self._place(row, event_day, tally)
        else:
            tally.leave_out("other_day")

    def _place(self, row: SourceRow, day: date, tally: Tally) -> None:
        records = self.listed.unlisted(row.records, day)
        if not records:
            tally.suppressed += 1
            return
        self.seen.meet_day(day)
        keys = [key_of(record, day) for record in records]
        if not self.seen.is_new_row(row.row_key, keys):
            tally.leave_out("duplicate")
            return
        tally.kept += 1
        for key, record in zip(keys, records, strict=True):
            if self.seen.is_new_record(key):
                self.parts.add(CORE_TABLES[type(record)], day, cells_of(record, self.feed, day))

    def _refuse(self, row: SourceRow, reason: str, tally: Tally) -> None:
        tally.refuse(reason)
        arrival = tally.landed.arrival
        if self.seen.is_new_record(refused_key(arrival.sha256, row.number)):
            detail = row.detail.encode(errors="replace").decode()[:MAX_DETAIL_CHARACTERS]
            cells = (
                self.feed,
                arrival.file_name,
                arrival.sha256,
                row.number,
                reason,
                detail,
                self.recorded_at,
            )
            self.parts.add("ops__quarantine", None, cells)
