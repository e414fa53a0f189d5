"""What nights come to, and how it is reported; light enough for commands that only look on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from jobs.terminal import printable


@dataclass
class NightResult:
    """What one night came to: a verdict, a release where it passed, and where to look first when it is blocked."""

    snapshot_date: date
    verdict: str
    release_number: int | None
    blocked_by: list[str]
    findings: list[str]
    refused_feeds: dict[str, str]
    row_count: int
    kept_row_count: int
    quarantined_row_count: int
    stage_seconds: dict[str, float] = field(default_factory=dict)
    suspect: str | None = None

    @property
    def seconds(self) -> float:
        """Seconds of all stages; stages of neighbouring nights overlap, so nights add up to more than their run."""
        return round(sum(self.stage_seconds.values()), 1)


def nights_between(first: date, last: date) -> Iterator[date]:
    """Every date from the first to the last, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def told(result: NightResult) -> str:
    """One night in a line, and the reasons below it where something was not as it should be."""
    release = f"release {result.release_number}" if result.release_number else "nothing published"
    rows = f"rows in {result.row_count:,}, kept {result.kept_row_count:,}, quarantined {result.quarantined_row_count:,}"
    line = f"{result.snapshot_date}  {result.verdict:<5}  {release:<17}  {result.seconds:>5.1f} s  {rows}"
    refusals = [f"{feed} was refused: {reason}" for feed, reason in result.refused_feeds.items()]
    first = [f"look first at: {result.suspect}"] if result.suspect else []
    return "\n    ".join(map(printable, [line, *first, *refusals, *result.findings]))
