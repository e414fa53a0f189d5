"""What became of the rows of each file: counted while reading, checked, and reported."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from jobs.errors import PipelineError
from jobs.ingest.land import LandedFile

BYTES_PER_MEGABYTE = 1_000_000


@dataclass
class Tally:
    """The counts of one file while it is read.

    arrived_row_count: rows of the file as it came, before forgotten people were cut out of it; null when none was.
    """

    landed: LandedFile
    arrived_row_count: int | None = None
    row_count: int = 0
    kept: int = 0
    quarantined: int = 0
    suppressed: int = 0
    out_of_scope: int = 0
    reasons: Counter = field(default_factory=Counter)
    is_complete: bool = True
    seconds: float = 0.0
    first_day: date | None = None
    last_day: date | None = None

    def cover(self, day: date) -> None:
        """Stretch the days that the file covers."""
        self.first_day = min(self.first_day or day, day)
        self.last_day = max(self.last_day or day, day)

    def leave_out(self, reason: str) -> None:
        """Count a row that is not for this load."""
        self.out_of_scope += 1
        self.reasons[reason] += 1

    def refuse(self, reason: str) -> None:
        """Count a row that went to quarantine."""
        self.quarantined += 1
        self.reasons[reason] += 1

    def count_cut(self) -> None:
        """Count the rows of forgotten people, which were cut out before the file was landed, as suppressed."""
        cut = max(0, (self.arrived_row_count or 0) - self.row_count)
        self.row_count += cut
        self.suppressed += cut

    def check_conservation(self) -> None:
        """Compare what came in with what became of it; errors: PipelineError when they differ."""
        accounted = self.kept + self.quarantined + self.suppressed + self.out_of_scope
        if accounted != self.row_count:
            raise PipelineError(
                f"{self.landed.arrival.file_name}: expected {self.row_count} rows to be accounted for, "
                f"got kept {self.kept} + quarantined {self.quarantined} + suppressed {self.suppressed} + out of "
                f"scope {self.out_of_scope} = {accounted}; nothing committed. "
                f"The loader is wrong, not the file: report it."
            )


@dataclass(frozen=True)
class FileSummary:
    """What became of one file; recognised means that its bytes were loaded before and nothing was done."""

    file_name: str
    sha256: str
    byte_count: int
    row_count: int
    kept: int
    quarantined: int
    suppressed: int
    out_of_scope: int
    is_complete: bool
    recognised: bool
    seconds: float
    reasons: dict[str, int] = field(default_factory=dict)

    def facts(self) -> dict:
        """The summary under the names of the sum: in = kept + quarantined + suppressed + out_of_scope."""
        rate = self.byte_count / BYTES_PER_MEGABYTE / self.seconds if self.seconds else None
        return {
            "file": self.file_name,
            "sha256": self.sha256,
            "bytes": self.byte_count,
            "in": self.row_count,
            "kept": self.kept,
            "quarantined": self.quarantined,
            "suppressed": self.suppressed,
            "out_of_scope": self.out_of_scope,
            "reasons": self.reasons,
            "is_complete": self.is_complete,
            "recognised": self.recognised,
            "seconds": round(self.seconds, 3),
            "megabytes_per_second": rate and round(rate, 3),
        }

    def to_json(self) -> str:
        """The facts as one line."""
        return json.dumps(self.facts())


@dataclass(frozen=True)
class IngestSummary:
    """What became of one delivery; ignored are files of a folder that hold no rows of the network."""

    feed: str
    files: tuple[FileSummary, ...]
    dates: tuple[date, ...]
    seconds: float
    ignored: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The whole delivery as one line."""
        return json.dumps(
            {
                "feed": self.feed,
                "files": [file.facts() for file in self.files],
                "dates": [day.isoformat() for day in self.dates],
                "ignored": list(self.ignored),
                "seconds": round(self.seconds, 3),
            }
        )


def summary_of(tally: Tally) -> FileSummary:
    """The summary of a file that was read."""
    arrival = tally.landed.arrival
    return FileSummary(
        file_name=arrival.file_name,
        sha256=arrival.sha256,
        byte_count=arrival.byte_count,
        row_count=tally.row_count,
        kept=tally.kept,
        quarantined=tally.quarantined,
        suppressed=tally.suppressed,
        out_of_scope=tally.out_of_scope,
        is_complete=tally.is_complete,
        recognised=False,
        seconds=arrival.seconds + tally.seconds,
        reasons=dict(sorted(tally.reasons.items())),
    )


def recognised_summary(file_name: str, delivery: dict, seconds: float) -> FileSummary:
    """The summary of a file whose bytes were loaded before, with the counts of that load."""
    return FileSummary(
        file_name=file_name,
        sha256=delivery["file_sha256"],
        byte_count=delivery["file_byte_count"],
        row_count=delivery["row_count"],
        kept=delivery["kept_row_count"],
        quarantined=delivery["quarantined_row_count"],
        suppressed=delivery["suppressed_row_count"],
        out_of_scope=delivery["out_of_scope_row_count"],
        is_complete=delivery["is_complete"],
        recognised=True,
        seconds=seconds,
    )
