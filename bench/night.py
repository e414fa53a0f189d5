"""Nights of the demo world at several sizes: seconds and peak memory per stage, and what incremental work saves.

Usage: python -m bench.night [--people 2000 --people 8000 --people 32000] [--nights 3] [--engine sail]
       python -m bench.night --engine spark --master sc://127.0.0.1:15002 --history 0
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table

from bench.speed.incremental import Incremental, fold_against_recompute
from bench.speed.usage import MemoryWatch
from jobs.demo.world import make_world
from jobs.errors import PipelineError
from jobs.ledger import newest_release
from jobs.nights.night import run_nights
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store, on_day

FIRST_NIGHT = date(2030, 1, 1)


@dataclass(frozen=True)
class World:
    """The last of a world's nights run in one session, and one more by the command line in a process of its own.

    stages: name, seconds, peak MB. command: wall seconds, processor seconds and peak MB of the whole process.
    """

    people: int
    row_count: int
    stages: list[tuple[str, float, float]]
    command: tuple[float, float, float]
    digest: str

    @property
    def seconds(self) -> float:
        """Seconds of the last night in an open session."""
        return sum(seconds for _, seconds, _ in self.stages)


def main(
    people: Annotated[list[int], typer.Option(help="People of a world, once for each.")] = (2000,),
    nights: Annotated[int, typer.Option(help="Nights to run in one session; the last one is reported.")] = 3,
    engine: Annotated[str, typer.Option(help="sail or spark.")] = "sail",
    master: Annotated[str, typer.Option(help="Where spark runs: local[*] or sc://HOST:PORT.")] = "local[*]",
    partitions: Annotated[int, typer.Option(help="Shuffle partitions.")] = 4,
    history: Annotated[int, typer.Option(help="Days recomputed at once; 0 leaves this part out.")] = 90,
    events: Annotated[int, typer.Option(help="Reactions of each of these days.")] = 50_000,
) -> None:
    """Run each world in a temporary store and a process of its own."""
    console = Console()
    settings = Settings(home=Path(), engine=engine, spark_master=master, shuffle_partitions=partitions)
    worlds = [_alone(_run_world, size, nights, settings) for size in people]
    for world in worlds:
        console.print(_stage_table(world, f"{engine}, {world.people:,} people, {partitions} partitions"))
        print(f"digest {world.digest}")
    if len(worlds) > 1:
        console.print(_growth_table(worlds))
    if history:
        console.print(_incremental_table(_alone(_run_history, settings, history, events), events))


def _alone(run, *arguments):
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(run, *arguments).result()


@contextmanager
def _in_a_temporary_store(chosen: Settings) -> Iterator[Settings]:
    home = Path(tempfile.mkdtemp(prefix="candor-bench-"))
    try:
        yield replace(chosen, home=home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run_world(people: int, nights: int, chosen: Settings) -> World:
    with _in_a_temporary_store(chosen) as settings:
        make_world(settings.home, people=people, days=nights + 1)
        store, last = Store(settings), FIRST_NIGHT + timedelta(days=nights - 1)
        with MemoryWatch() as watch:
            results = run_nights(store, FIRST_NIGHT, last, lambda stage: None, lambda result: None)
        digest = newest_release(store).candidate_digest
        command = _by_command(settings, last + timedelta(days=1))
        return World(people, results[-1].row_count, _stages(store, last, watch), command, digest)


def _stages(store: Store, night: date, watch: MemoryWatch) -> list[tuple[str, float, float]]:
    """Stages from ops__runs; the peak is over the whole time of a stage, ingest beside it included."""
    columns = ["stage", "duration_seconds", "recorded_at"]
    rows = store.arrow("ops__runs", on_day(night), columns=columns).to_pylist()
    stages = []
    for row in sorted(rows, key=lambda row: row["recorded_at"]):
        ended, seconds = row["recorded_at"], row["duration_seconds"]
        stages.append((row["stage"], seconds, watch.peak(ended - timedelta(seconds=seconds), ended)))
    return stages


def _by_command(settings: Settings, night: date) -> tuple[float, float, float]:
    environment = {**os.environ, "CANDOR_HOME": str(settings.home), "CANDOR_ENGINE": settings.engine,
                   "CANDOR_SPARK_MASTER": settings.spark_master,
                   "CANDOR_SHUFFLE_PARTITIONS": str(settings.shuffle_partitions)}
    command = [sys.executable, "-c", "from jobs.cli import main; main()", "night", "--date", night.isoformat()]
    started, used = time.monotonic(), _seconds_of_ended_processes()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with MemoryWatch(psutil.Process(process.pid)) as watch:
        status = process.wait()
    if status:
        raise PipelineError(f"candor night --date {night}: expected exit status 0, got {status}; run bench.night with "
                            "fewer people, or the night by hand to see why.")
    return time.monotonic() - started, _seconds_of_ended_processes() - used, watch.peak()


def _seconds_of_ended_processes() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _run_history(chosen: Settings, days: int, events: int) -> Incremental:
    with _in_a_temporary_store(chosen) as settings, open_session(settings, "history") as spark:
        return fold_against_recompute(spark, Store(settings), days, events, accounts=max(events // 5, 300))


def _stage_table(world: World, title: str) -> Table:
    table = Table("stage", "wall, s", "processor, s", "peak MB", title=title)
    for name, seconds, megabytes in world.stages:
        table.add_row(name, f"{seconds:.2f}", "", f"{megabytes:,.0f}")
    table.add_row("night in an open session", f"{world.seconds:.1f}", "", "", style="bold")
    wall, processor, megabytes = world.command
    table.add_row("candor night, a process", f"{wall:.1f}", f"{processor:.1f}", f"{megabytes:,.0f}", style="bold")
    return table


def _growth_table(worlds: list[World]) -> Table:
    table = Table("people", "rows of the night", "night, s", "input x", "time x", title="growth")
    base = worlds[0]
    for world in worlds:
        table.add_row(f"{world.people:,}", f"{world.row_count:,}", f"{world.seconds:.1f}",
                      f"{world.row_count / base.row_count:.1f}", f"{world.seconds / base.seconds:.1f}")
    return table


def _incremental_table(result: Incremental, events: int) -> Table:
    title = f"{result.day_count} days of {events:,} reactions, {result.pair_count:,} live pairs"
    table = Table("step", "wall, s", "processor, s", title=title)
    for step, seconds in result.steps.wall.items():
        table.add_row(step, f"{seconds:.2f}", f"{result.steps.processor[step]:.2f}")
    table.add_row("state at once / fold", "", f"{result.state_ratio:.1f}", style="bold")
    table.add_row("all days from core tables / one night", "", f"{result.night_ratio:.1f}", style="bold")
    return table


if __name__ == "__main__":
    typer.run(main)
