"""A synthetic day of reactions from core tables to v2 scores: DuckDB by plain SQL, and our functions on Sail and Spark.

Usage: python -m bench.day [--events 20000000] [--accounts 1000000] [--engine sail --engine spark] [--keep folder]
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench.speed.ours import VERSION, score_day
from bench.speed.plain import apart, score_day_plainly
from bench.speed.synthetic import SyntheticDay
from bench.speed.usage import MemoryWatch, Steps
from jobs.scoring.calibration import load_calibration
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store

BARS = {"sail": 1.2, "spark": 2.5}
"""Most that an engine may take, as a multiple of DuckDB's wall time on the full day."""

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Measured:
    """One run: its lines, wall seconds by step without the start of the session, and peak memory in MB."""

    lines: Path
    steps: Steps
    session_seconds: float
    megabytes: float


def main(
    events: Annotated[int, typer.Option(help="Reactions of the day.")] = 20_000_000,
    accounts: Annotated[int, typer.Option(help="Accounts that react and are reacted to.")] = 1_000_000,
    engine: Annotated[list[str], typer.Option(help="sail or spark, once for each.")] = ("sail", "spark"),
    partitions: Annotated[int, typer.Option(help="Into how many parts a step is cut.")] = 32,
    memory: Annotated[str, typer.Option(help="Memory of the Spark driver.")] = "8g",
    keep: Annotated[Path | None, typer.Option(help="Folder to keep the day in, and to find it again.")] = None,
) -> None:
    """Make the day, score it by each, compare the lines; exit 1 when two results lie apart."""
    folder = Path(keep or tempfile.mkdtemp(prefix="candor-day-")).absolute()
    try:
        day = SyntheticDay(events, accounts)
        core = _made(day, folder / f"core-{events}-{accounts}-{day.seed}")
        plain = _alone(_plainly, core, day.snapshot_date, folder / "plain.parquet")
        runs = {"DuckDB": plain}
        for name in engine:
            shutil.rmtree(folder / name, ignore_errors=True)
            settings = Settings(home=folder / name, engine=name, shuffle_partitions=partitions,
                                embedded_partitions=partitions, driver_memory=memory, spark_tuning="large")
            runs[name] = _alone(_on_engine, settings, core, day.snapshot_date)
        Console().print(_table(runs, f"{events:,} events, {accounts:,} accounts"))
        agreed = [_told_apart(name, runs[name].lines, plain.lines) for name in engine]
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(0 if all(agreed) else 1)


def _made(day: SyntheticDay, folder: Path) -> dict[str, Path]:
    finished = folder.with_suffix(".finished")
    if finished.exists():
        return {path.stem: path for path in folder.glob("*.parquet")}
    started = time.monotonic()
    core = day.write(folder)
    finished.touch()
    print(f"day made in {time.monotonic() - started:.0f} s, {sum(p.stat().st_size for p in core.values()) >> 20} MB")
    return core


def _alone(run: Callable[..., Measured], *arguments) -> Measured:
    """Run in a process of its own, so that nothing of an earlier run is in its memory or its caches."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        return process.submit(run, *arguments).result()


def _plainly(core: dict[str, Path], snapshot_date: date, lines: Path) -> Measured:
    steps = Steps()
    with MemoryWatch() as watch, steps.step("script"):
        score_day_plainly(core, load_calibration(VERSION), snapshot_date, [], lines)
    return Measured(lines, steps, 0.0, watch.peak())


def _on_engine(settings: Settings, core: dict[str, Path], snapshot_date: date) -> Measured:
    started = time.monotonic()
    with MemoryWatch() as watch, open_session(settings, "day") as spark:
        session_seconds = time.monotonic() - started
        scored = score_day(spark, Store(settings), core, snapshot_date, [])
    return Measured(scored.lines, scored.steps, session_seconds, watch.peak())


def _table(runs: dict[str, Measured], title: str) -> Table:
    table = Table("run", "step", "wall, s", "processor, s", "to DuckDB", "bar", "peak MB", title=title)
    base = sum(runs["DuckDB"].steps.wall.values())
    for name, run in runs.items():
        for step, seconds in run.steps.wall.items():
            table.add_row(name, step, f"{seconds:.1f}", f"{run.steps.processor[step]:.1f}")
        wall, processor = sum(run.steps.wall.values()), sum(run.steps.processor.values())
        table.add_row(name, f"all (session {run.session_seconds:.1f} s before)", f"{wall:.1f}", f"{processor:.1f}",
                      f"{wall / base:.2f}", f"{BARS[name]:.1f}" if name in BARS else "", f"{run.megabytes:,.0f}",
                      style="bold", end_section=True)
    return table


def _told_apart(name: str, ours: Path, plain: Path) -> bool:
    difference = apart(ours, plain)
    print(f"{name} against DuckDB over {difference.line_count:,} lines: {difference.unmatched_lines} unmatched, "
          f"credit {difference.credit:.1e} (relative), score before rounding {difference.height:.1e} points, "
          f"{difference.different_lines} lines with another published digit")
    return not difference.unmatched_lines and max(difference.credit, difference.height) < TOLERANCE


if __name__ == "__main__":
    typer.run(main)
