"""Faults in what is delivered that deterministic checks find: files, lists, identities, clocks, columns.

Each is a function of an inbox, a night and chance.
"""

import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from bench.gate.inbox_faults import Status, in_the_file, moment_of, written_at
from jobs.demo.packing import write_with_manifest
from jobs.demo.world import FEEDS


def without_a_feed(inbox: Path, day: date, random: np.random.Generator) -> None:
    """One network delivers nothing."""
    shutil.rmtree(inbox / random.choice(list(FEEDS)) / str(day))


def with_a_broken_file(inbox: Path, day: date, random: np.random.Generator) -> None:
    """The largest file of a network breaks off."""
    files = sorted((inbox / random.choice(["twitter", "stackexchange"]) / str(day)).rglob("*.*"),
                   key=lambda path: path.stat().st_size)
    content = files[-1].read_bytes()
    files[-1].write_bytes(content[: int(len(content) * random.uniform(0.3, 0.9))])


def with_yesterdays_files(inbox: Path, day: date, random: np.random.Generator) -> None:
    """A network delivers what it delivered the day before."""
    feed = inbox / random.choice(list(FEEDS))
    shutil.rmtree(feed / str(day))
    shutil.copytree(feed / str(day - timedelta(days=1)), feed / str(day))


def with_a_shorter_list(inbox: Path, day: date, random: np.random.Generator) -> None:
    """The suppression list lost its end, and its manifest agrees."""
    file = inbox / "suppression" / str(day) / "suppression.csv"
    header, *rows = file.read_text().splitlines()
    _signed(file, header, rows[: int(random.integers(1, len(rows)))])


def with_other_identities(inbox: Path, day: date, random: np.random.Generator) -> None:
    """Accounts get each other's person, and the manifest agrees; two accounts at least."""
    file = inbox / "identity" / str(day) / "identity.csv"
    header, *rows = file.read_text().splitlines()
    cells = [row.split(",") for row in rows]
    count = max(int(random.choice([0.01, 0.05, 1.0]) * len(cells)), 2)
    chosen = random.choice(len(cells), count, replace=False)
    people = [cells[place][2] for place in np.roll(chosen, 1)]
    for place, person in zip(chosen, people, strict=True):
        cells[place][2] = person
    _signed(file, header, [",".join(row) for row in cells])


@in_the_file
def with_a_skewed_clock(statuses: list[Status], yesterday: list[Status], random: np.random.Generator) -> list[Status]:
    """The feed's clock is hours ahead."""
    ahead = timedelta(hours=int(random.choice([2, 8, 24])))
    return [written_at(status, moment_of(status) + ahead) for status in statuses]


@in_the_file
def with_another_schema(statuses: list[Status], yesterday: list[Status], random: np.random.Generator) -> list[Status]:
    """A column has another name, another type, or another unit; nothing declares it."""
    changed = random.choice([_renamed_column, _retyped_column, _rescaled_column])
    return [changed(status) for status in statuses]


def _renamed_column(status: Status) -> Status:
    return {("author" if name == "user" else name): value for name, value in status.items()}


def _retyped_column(status: Status) -> Status:
    return {**status, "id": {"low": status["id"]}, "id_str": None}


def _rescaled_column(status: Status) -> Status:
    return {**status, "created_at": int(moment_of(status).timestamp())}


def _signed(file: Path, header: str, rows: Sequence[str]) -> None:
    """Write a list and what its manifest says of it."""
    write_with_manifest(file, "".join(f"{line}\n" for line in (header, *rows)).encode(), len(rows))
