"""What nights come to, and how it is told; light enough for commands that only look on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass
class NightResult:
    """What one night came to: a verdict, and a release where it passed."""

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

    @property
    def seconds(self) -> float:
        """Wall seconds of the whole night."""
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
    return "\n    ".join([line, *refusals, *result.findings])
