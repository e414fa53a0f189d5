"""Seconds per stage of a night on the demo world, and the digest of its last night.

Usage: python bench/night.py [--people 2000] [--nights 3] [--engine sail] [--partitions 4]
"""

import shutil
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from jobs.demo.world import make_world
from jobs.ledger import newest_release
from jobs.night import run_nights
from jobs.settings import Settings
from jobs.storage import Store

FIRST_NIGHT = date(2030, 1, 1)


def main(
    people: Annotated[int, typer.Option(help="People of the world.")] = 2000,
    nights: Annotated[int, typer.Option(help="Nights to run; the last one is reported.")] = 3,
    engine: Annotated[str, typer.Option(help="sail or spark.")] = "sail",
    partitions: Annotated[int, typer.Option(help="Shuffle partitions.")] = 4,
) -> None:
    """Run some nights in a temporary store."""
    home = Path(tempfile.mkdtemp(prefix="candor-bench-"))
    try:
        make_world(home, people=people, days=nights)
        store = Store(Settings(home=home, engine=engine, shuffle_partitions=partitions))
        started = time.monotonic()
        last = FIRST_NIGHT + timedelta(days=nights - 1)
        results = run_nights(store, FIRST_NIGHT, last, lambda stage: None, lambda result: None)
        wall = time.monotonic() - started
        print(f"{engine}, {people:,} people, {partitions} partitions: {wall:.1f} s for {nights} nights")
        newest = results[-1]
        stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in newest.stage_seconds.items())
        print(f"last night: {stages}, in all {newest.seconds} s, rows in {newest.row_count:,}")
        print(f"digest {newest_release(store).candidate_digest}")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    typer.run(main)
