"""Which files of a table a relation of the gate shows: those of the candidate, of the last release, or of a span."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from jobs.gate.proposal import Proposal
from jobs.ledger import Release, released_files
from jobs.storage import Store, on_day


@dataclass(frozen=True)
class JudgedNight:
    """A candidate in its store, and the last release before its night.

    Nulls: release is null before the first release.
    """

    store: Store
    proposal: Proposal
    release: Release | None


Files = Callable[[JudgedNight, str], list[str]]


def proposed(night: JudgedNight, table: str) -> list[str]:
    """The night's files in the snapshot that was proposed."""
    snapshot = night.proposal.table_snapshots.get(table)
    return night.store.files(table, on_day(night.proposal.snapshot_date), snapshot=snapshot) if snapshot else []


def released(night: JudgedNight, table: str) -> list[str]:
    """The files of the last released night before this one, in the snapshot that was released."""
    release = night.release
    return released_files(night.store, release, table, on_day(release.snapshot_date)) if release else []


def judged_lists(night: JudgedNight, table: str) -> list[str]:
    """The lists of the last release; before the first one, every earlier list.

    Lists of a blocked night were never judged: a list cut short must not become the measure of the next one.
    """
    if night.release:
        return released(night, table)
    return night.store.files(table, f"snapshot_date < '{night.proposal.snapshot_date.isoformat()}'")


def days_before(count: int) -> Files:
    """The files of so many days before the night, of a table that no release freezes day by day."""
    def files(night: JudgedNight, table: str) -> list[str]:
        end = night.proposal.snapshot_date
        first = end - timedelta(days=count)
        return night.store.files(table, f"snapshot_date >= '{first}' AND snapshot_date < '{end}'")

    return files


def of_the_night(night: JudgedNight, table: str) -> list[str]:
    """The night's files as they are now, of a table that no release freezes."""
    return night.store.files(table, on_day(night.proposal.snapshot_date))


def whole_table(night: JudgedNight, table: str) -> list[str]:
    """All files of a table that has no days."""
    return night.store.files(table)
