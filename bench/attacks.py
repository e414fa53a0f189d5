"""What an attack gains, per version: the attack suite on the demo world or on any interaction table.

    python -m bench.attacks demo --home .demo
    python -m bench.attacks table FILE --date 2012-07-04
    python -m bench.attacks real twitter

What the numbers say is in docs/attacks.md and docs/attacks-real.md; the rows themselves are in bench/results/.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pyspark.sql import functions as F

from bench.attacking.honest import HonestWorld, store_world, table_world, with_seeds
from bench.attacking.measure import OLD_VERSION
from bench.attacking.page import page_of, real_page_of
from bench.attacking.provenance import checksums_of
from bench.attacking.suite import Suite
from bench.baselines import SEED_COUNT
from bench.interactions import most_reacted_to, read_interactions
from bench.real_interactions import REAL_SETS, real_data_folder, write_real_interactions
from jobs.door import run_door
from jobs.errors import MissingInput
from jobs.scoring.calibration import path_of
from jobs.scoring.registry import version_names
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store
from jobs.terminal import plain, show_json, show_line, show_table

RESULTS = Path(__file__).parent / "results" / "attacks.json"
PAGE = Path(__file__).parent.parent / "docs" / "attacks.md"

REAL_RESULTS = RESULTS.with_name("attacks_real.json")
REAL_PAGE = PAGE.with_name("attacks-real.md")

REAL_DAYS = 60
"""Days of a real set that are attacked: two half-lives, so that the oldest reaction still counts a quarter."""

READABLE_ON_ANOTHER_SCALE = ("v3", "v5")
"""Drafts that count in the credits of v2, so that they can be measured before they have a calibration."""

SHOWN = ("attack", "accounts", "algorithm_version", "points_gained", "most_gained", "rank_before", "rank_after",
         "recall", "precision", "losing_share", "captured_seats")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True,
                  help="What attacks gain, version by version.")

Versions = Annotated[str, typer.Option(help="Versions, separated by commas; default: all that can be read on a scale.")]
Engine = Annotated[str, typer.Option(help="sail or spark.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command(epilog="Example: python -m bench.attacks demo --home .demo --record")
def demo(home: Annotated[Path, typer.Option(help="Home of a finished store.")] = Path(".demo"), versions: Versions = "",
         engine: Engine = "sail", as_json: AsJson = False,
         record: Annotated[bool, typer.Option("--record", help="Write bench/results/attacks.json and docs/attacks.md.")
                           ] = False) -> None:
    """Attack the world of a finished store; nothing is written to it."""
    if not home.is_dir():
        raise MissingInput(f"no store at {home}; make one with: candor demo")
    rows = _fought(lambda spark, _: store_world(spark, Store(Settings(home=home.resolve()))), versions, engine)
    if record:
        RESULTS.parent.mkdir(exist_ok=True)
        _record(RESULTS, plain(rows))
        PAGE.write_text(page_of(rows))
        show_line(f"written: {RESULTS.name}, {PAGE.name}")
    _show(rows, as_json)


@app.command(epilog="Example: python -m bench.attacks table higgs.txt.gz --date 2012-07-04 --versions v2,v3 --json")
def table(file: Path, as_of: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"],
                                                                     help="Last day; default: of the file.")] = None,
          versions: Versions = "", engine: Engine = "sail", as_json: AsJson = False) -> None:
    """Attack the world of a file: lines `engager author unixtime KIND`, or CSV with a header; plain or .gz."""
    def world(spark, home: Path) -> HonestWorld:
        rows = spark.read.parquet(read_interactions(file, home / "interactions.parquet").as_uri())
        known = rows.where(F.col("interacted_date") <= F.lit(as_of.date())) if as_of else rows
        return table_world(spark, file.name, known)

    _show(_fought(world, versions, engine), as_json)


@app.command(epilog="Example: python -m bench.attacks real twitter --versions v2,v3,v5 --record")
def real(network: Annotated[str, typer.Argument(help=f"One of {', '.join(REAL_SETS)}.")], versions: Versions = "",
         engine: Engine = "sail", as_json: AsJson = False,
         record: Annotated[bool, typer.Option("--record", help="Write bench/results/attacks_real.json and its page.")
                           ] = False) -> None:
    """Attack a real set of the folder that CANDOR_TEST_DATA names; prints numbers only."""
    rows = _fought(partial(_real_world, network, real_data_folder()), versions, engine, Suite.run_without_capture)
    if record:
        _record_real(network, plain(rows))
    _show(rows, as_json)


def _record_real(network: str, rows: list[dict]) -> None:
    """Write the rows of a set beside those of the others, and the page of all."""
    known = json.loads(REAL_RESULTS.read_text()) if REAL_RESULTS.is_file() else []
    kept = [row for row in known if row["world"] != network] + rows
    _record(REAL_RESULTS, kept)
    REAL_PAGE.write_text(real_page_of(kept, [name for name in REAL_SETS if any(row["world"] == name for row in kept)]))
    show_line(f"written: {REAL_RESULTS.name}, {REAL_PAGE.name}")


def _record(results: Path, rows: list[dict]) -> None:
    """Write rows as JSON, one a line, so that a change of one is a change of one line."""
    results.write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")


def _real_world(network: str, data: Path, spark, home: Path) -> HonestWorld:
    """The last REAL_DAYS of a real set, with the seeds of the validity report."""
    store = Store(Settings(home=home / network))
    interactions = write_real_interactions(spark, store, network, data, home / "interactions")
    rows = spark.read.parquet(interactions.as_uri())
    last = rows.agg(F.max("interacted_date")).first()[0]
    world = table_world(spark, network, rows.where(F.col("interacted_date") > F.lit(last - timedelta(days=REAL_DAYS))))
    return with_seeds(spark, world, most_reacted_to(interactions, last, SEED_COUNT))


def _fought(world_of: Callable[..., HonestWorld], versions: str, engine: str,
            fight: Callable[[Suite], list[dict]] = Suite.run) -> list[dict]:
    home = Path(tempfile.mkdtemp(prefix="candor-attacks-"))
    settings = Settings(home=home, engine=engine)
    chosen = sorted({OLD_VERSION, *(versions.split(",") if versions else _measurable())})
    checksums = checksums_of(chosen)
    try:
        with open_session(settings, "attacks") as spark:
            rows = fight(Suite(spark, Store(settings), world_of(spark, home), chosen))
            return [{**row, **checksums[row["algorithm_version"]]} for row in rows]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measurable() -> list[str]:
    return [name for name in version_names() if path_of(name).is_file() or name in READABLE_ON_ANOTHER_SCALE]


def _show(rows: list[dict], as_json: bool) -> None:
    if as_json:
        return show_json(rows)
    short = [{name: round(row[name], 3) if isinstance(row.get(name), float) else row.get(name) for name in SHOWN}
             for row in rows]
    return show_table("attacks", short)


if __name__ == "__main__":
    run_door(app)
