"""The small set: one made-up night, killed at every failpoint that it passes, one after the other, on one store.

python -m bench.crash.short FOLDER
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import typer

from bench.crash import made
from bench.crash.nights import UNFINISHED
from bench.crash.processes import run
from jobs import failpoints
from jobs.comparing.verify import verify
from jobs.failpoints import ACTIONS, OnNthPass
from jobs.settings import Settings
from jobs.storage import Store

DAY, NEXT_DAY = date(2030, 1, 1), date(2030, 1, 2)
PEOPLE = ("ann", "bob")

ONCE_A_NIGHT = ("ingest.tables_committed", "release.published")
"""Passed once by a night, however often it starts: they are killed in a night of their own."""

VISIBLE = ("release.", "catalog.", "events.")
"""Kills after which the store is verified at once; after the others, only in the end."""


def killed_everywhere(folder: Path) -> dict:
    """Kill the night at the first passing of each place in turn; every start goes on from what the last one left.

    Gives the places passed, those at which it was killed, the digests, and what was broken at any time.
    """
    undisturbed, store = run(_watched_night(folder / "undisturbed")).result, folder / "killed"
    places = [place for place in dict.fromkeys(undisturbed["passed"]) if place not in ONCE_A_NIGHT]
    killed, broken = [], []
    for day, place in [*((DAY, place) for place in places), *((NEXT_DAY, place) for place in ONCE_A_NIGHT)]:
        ended = run(_night(store, day, OnNthPass(place, ACTIONS["kill"])))
        killed += [place] if ended.was_killed else []
        if place.startswith(VISIBLE):
            broken += [f"{place}: {one}" for one in run(_broken(store, UNFINISHED)).result]
    completed = [run(_night(store, day, None)) for day in (NEXT_DAY, DAY)][-1]
    broken += [f"in the end: {one}" for one in run(_broken(store, ())).result]
    return {"places": [*places, *ONCE_A_NIGHT], "killed": killed, "broken": broken,
            "undisturbed": undisturbed["digest"], "completed": completed.result or completed.error}


def _night(folder: Path, day: date, passing: failpoints.Passing | None) -> Callable[[], str]:
    def work() -> str:
        failpoints.arm(passing)
        return made.whole_night(Store(Settings(home=folder)), folder / "deliveries", day, PEOPLE)

    return work


def _watched_night(folder: Path) -> Callable[[], dict]:
    def work() -> dict:
        passed: list[str] = []
        return {"digest": _night(folder, DAY, passed.append)(), "passed": passed}

    return work


def _broken(folder: Path, allowed: tuple[str, ...]) -> Callable[[], list[str]]:
    def work() -> list[str]:
        if not (folder / "catalog.db").is_file():
            return []
        outcomes = verify(Store(Settings(home=folder)))
        return [f"{one.check} {one.subject}: {one.found}" for one in outcomes
                if not one.holds and one.check not in allowed]

    return work


def main(folder: Path) -> None:
    """Print the outcome of the small set, run in an empty folder, as one JSON object."""
    typer.echo(json.dumps(killed_everywhere(folder)))


if __name__ == "__main__":
    typer.run(main)
