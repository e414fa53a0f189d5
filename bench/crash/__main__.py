"""Kill, starve, stop, cut and race nights while readers read; whatever happens, I1 to I9 hold and a rerun completes.

python -m bench.crash kills --kills 1000 --reads 100000
python -m bench.crash faults
python -m bench.crash machine --steps 10000
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from bench.crash import engine, erasure, faults, lived, machine, postgres
from bench.crash.kills import Tally, every_place, kill_alone, kill_many
from bench.crash.processes import run
from bench.crash.world import CrashWorld, build
from jobs.errors import PipelineError

MEMORY = Path("/dev/shm")
"""Where the store lies by default: kill -9 loses no page that was written, so waiting for a disk tests nothing."""

LONGEST_BUILD_SECONDS = 600.0
STEPS_IN_A_LIFE = 50
LIVES_AT_ONCE = 10
"""Hypothesis begins with the dullest life, the first rule again and again: one life at a time would be that one."""

app = typer.Typer(help=__doc__)
console = Console()

Seed = Annotated[int, typer.Option(help="Seed of everything that is drawn.")]
Folder = Annotated[Path | None, typer.Option(help="Where the store may lie; memory unless given.")]


@app.command()
def kills(
    kills: Annotated[int, typer.Option(help="Fewest kills in all.")] = 1000,
    reads: Annotated[int, typer.Option(help="Fewest reads in all.")] = 100_000,
    alone: Annotated[bool, typer.Option(help="Begin with one kill alone at each place.")] = True,
    seed: Seed = 1,
    folder: Folder = None,
) -> None:
    """Kill -9 at every failpoint and at random times, with a reader beside."""
    tally, started = Tally(), time.monotonic()
    with crash_world(folder) as world:
        if alone:
            kill_alone(world, every_place(world), tally, _tell)
        kill_many(world, seed, kills, reads, tally, _tell)
    _say({"kills": tally.kill_count, "at random times": tally.random_kills, "places": len(tally.kills)}, tally, started)


@app.command(name="engine")
def engine_kills(folder: Folder = None) -> None:
    """Kill -9 inside `candor night` with the real engine."""
    tally, started = Tally(), time.monotonic()
    with crash_world(folder) as world:
        engine.kill_engine_nights(world, tally, _tell)
    _say({"kills": dict(tally.kills)}, tally, started)


@app.command()
def erasures(folder: Folder = None) -> None:
    """Kill -9 an erasure at every passing of every place, and run it again."""
    place = Path(tempfile.mkdtemp(prefix="candor-crash-", dir=folder or (MEMORY if MEMORY.is_dir() else None)))
    try:
        tally, started = Tally(), time.monotonic()
        found = erasure.outcome(place, erasure.every_passing)
        tally.problems += found["broken"]
        _say({"kills": len(found["aims"]), "places": len({name for name, _ in found["aims"]})}, tally, started)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@app.command(name="faults")
def all_faults(
    case: Annotated[list[str] | None, typer.Option(help="Only these: " + ", ".join(faults.CASES))] = None,
    seed: Seed = 1,
    folder: Folder = None,
) -> None:
    """Failing writes, a full disk, lost permissions, zombies, runs at once, odd deliveries."""
    tally, started, counts = Tally(), time.monotonic(), {}
    with crash_world(folder) as world:
        for name in case or faults.CASES:
            _tell(name)
            counts[name] = faults.CASES[name](world, seed, tally)
            _tell(f"{name}: {counts[name]} cases; in all {tally.reruns} reruns, {tally.reads} reads, "
                  f"problems: {tally.problems}")
    _say(counts, tally, started)


@app.command(name="postgres")
def cut_connections(folder: Folder = None) -> None:
    """Cut the connections to a PostgreSQL catalog at every failpoint of the commits."""
    tally, started = Tally(), time.monotonic()
    with postgres.server() as address, crash_world(folder, address) as world:
        count = postgres.cuts(world, tally)
    _say({"cuts": count}, tally, started)


@app.command(name="machine")
def state_machine(steps: Annotated[int, typer.Option(help="Fewest steps in all.")] = 10_000) -> None:
    """Live stores in any order beside a model."""
    started, tally = time.monotonic(), Tally()
    lives = settings(max_examples=LIVES_AT_ONCE, stateful_step_count=STEPS_IN_A_LIFE, deadline=None, database=None,
                     phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))
    while machine.taken.total() < steps:
        run_state_machine_as_test(machine.Nights, settings=lives)
        _tell(f"{machine.taken.total()} of {steps} steps in {time.monotonic() - started:.0f} s: {dict(lived.reached)}")
    _say({"steps": dict(machine.taken), "came of them": dict(lived.reached)}, tally, started)


@contextmanager
def crash_world(folder: Path | None, catalog_uri: str = "") -> Iterator[CrashWorld]:
    """A world made in a process of its own, gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="candor-crash-", dir=folder or (MEMORY if MEMORY.is_dir() else None)))
    place.chmod(0o755)
    world = CrashWorld(place, catalog_uri)
    try:
        _tell(f"making the world in {place}")
        made = run(lambda: build(world), LONGEST_BUILD_SECONDS)
        if made.error or made.ended_by:
            raise PipelineError(f"the crash world could not be made: {made}")
        yield world
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _tell(what: str) -> None:
    console.log(what)


def _say(counts: dict, tally: Tally, started: float) -> None:
    """Print the outcome as one JSON object; exit 1 when anything did not hold."""
    outcome = {**counts, "reruns": tally.reruns, "reads": tally.reads, "problems": len(tally.problems),
               "seconds": round(time.monotonic() - started), "first_problems": tally.problems[:10]}
    typer.echo(json.dumps(outcome, indent=2))
    if tally.problems:
        raise typer.Exit(1)


if __name__ == "__main__":
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    app()
