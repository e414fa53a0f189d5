"""Which release readers see: the newest one, unless somebody set the pointer back to an older one (`rolled_back`)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.storage import NAMESPACE, Store

TABLE = "pub__events"
ROLLED_BACK = "rolled_back"
NOTHING = 0
"""The number of no release: what the first one was built on."""


@dataclass(frozen=True)
class StepBack:
    """A rollback: the release that readers got, and the newest release that there was by then."""

    to_release_number: int
    after_release_number: int


@dataclass(frozen=True)
class Lineage:
    """What each release was built on, by number, and the number that readers see; NOTHING before the first."""

    built_on: dict[int, int]
    seen: int

    def up_to(self, release_number: int) -> list[int]:
        """A release and those that it was built on, oldest first."""
        found = []
        while release_number != NOTHING:
            found.append(release_number)
            release_number = self.built_on[release_number]
        return found[::-1]


def lineage(release_numbers: Iterable[int], steps: Iterable[StepBack]) -> Lineage:
    """Follow releases and rollbacks in the order in which they were made: a newer release supersedes a rollback."""
    built_on: dict[int, int] = {}
    pointer, waiting = NOTHING, list(steps)
    for number in sorted(set(release_numbers)):
        while waiting and waiting[0].after_release_number < number:
            pointer = waiting.pop(0).to_release_number
        built_on[number] = pointer
        pointer = number
    return Lineage(built_on, waiting[-1].to_release_number if waiting else pointer)


def steps_back(store: Store) -> tuple[StepBack, ...]:
    """Every rollback in order; none, and no table is made, in a store without events."""
    if not store.catalog.table_exists((NAMESPACE, TABLE)):
        return ()
    return _steps_of(tuple(store.files(TABLE)))


@lru_cache(maxsize=4)
def _steps_of(files: tuple[str, ...]) -> tuple[StepBack, ...]:
    """The rollbacks of event files, read once: they are named by their digest and never change."""
    found = []
    for file in files:
        rows = pq.read_table(file.removeprefix("file://"), columns=["event_number", "event_type", "details"])
        found += rows.filter(pc.equal(rows["event_type"], ROLLED_BACK)).to_pylist()
    ordered = [json.loads(row["details"]) for row in sorted(found, key=lambda row: row["event_number"])]
    return tuple(StepBack(one["to_release_number"], one["after_release_number"]) for one in ordered)
