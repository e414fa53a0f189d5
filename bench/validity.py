"""Do the scores mean something? Versions and baselines on interactions that are not ours.

    python -m bench.validity table FILE --date 2012-07-03 --date 2012-07-04
    python -m bench.validity real

What the numbers say is in docs/validity.md.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from bench.baselines import SEED_COUNT
from bench.interactions import most_reacted_to, parquet_pattern, read_interactions, scores_up_to
from bench.real_interactions import REAL_SETS, real_data_folder, write_real_interactions
from bench.spread import ANY_KIND, Foretelling, foretelling, last_day
from bench.stability import NightMoves, night_moves
from jobs.door import run_door
from jobs.released import load_registry
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store
from jobs.terminal import show_json, show_table

SHOWN_DIGITS = 3

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True,
                  help="Validity of the scores on interaction tables.")

Days = Annotated[list[datetime], typer.Option("--date", formats=["%Y-%m-%d"], help="A day to score up to; repeat it.")]
Versions = Annotated[str, typer.Option(help="Versions, separated by commas; default: all released ones.")]
Outcome = Annotated[str, typer.Option(help="Kind that is foretold; `any` counts every kind.")]
Horizon = Annotated[int | None, typer.Option(min=1, help="Days after the day that count; default: all.")]
Engine = Annotated[str, typer.Option(help="sail or spark.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@dataclass(frozen=True)
class Question:
    """What is asked of one interaction table."""

    as_of: list[date]
    outcome_kind: str
    horizon_days: int | None


REAL_QUESTIONS = {
    "twitter": Question([date(2019, 7, 8), date(2019, 7, 9), date(2019, 7, 10)], "reshare", None),
    "mailinglist": Question([date(2019, 6, 30), date(2019, 7, 15), date(2019, 7, 31)], ANY_KIND, 30),
    "stackexchange": Question([date(2021, 6, 30), date(2021, 8, 31), date(2021, 10, 31)], ANY_KIND, 30),
}
"""Days well inside each set; only Twitter has reshares, so elsewhere everybody who reacted is counted."""


@dataclass(frozen=True)
class Report:
    """What was measured on one interaction table."""

    table_name: str
    foretelling: list[Foretelling]
    moves: list[NightMoves]


@app.command(epilog="Example: python -m bench.validity table higgs.txt.gz --date 2012-07-03 --versions v1,v2 --json")
def table(file: Path, dates: Days, versions: Versions = "", outcome: Outcome = "reshare", horizon: Horizon = None,
          engine: Engine = "sail", as_json: AsJson = False) -> None:
    """Measure on an interaction file: lines `engager author unixtime KIND`, or CSV with a header; plain or .gz."""
    question = Question(sorted(day.date() for day in dates), outcome, horizon)
    with _workplace(engine) as (spark, store):
        interactions = read_interactions(file, store.settings.home / "interactions.parquet")
        _show([measured(spark, store, file.name, interactions, question, _chosen(versions))], as_json)


@app.command(epilog="Example: python -m bench.validity real --versions v1,v2")
def real(versions: Versions = "", engine: Engine = "sail", as_json: AsJson = False) -> None:
    """Measure on the real sets of the folder that CANDOR_TEST_DATA names; prints numbers only."""
    data = real_data_folder()
    reports = []
    for network in REAL_SETS:
        with _workplace(engine) as (spark, store):
            interactions = write_real_interactions(spark, store, network, data, store.settings.home / "interactions")
            reports.append(measured(spark, store, network, interactions, REAL_QUESTIONS[network], _chosen(versions)))
    _show(reports, as_json)


def measured(spark, store: Store, name: str, interactions: Path, question: Question, versions: list[str]) -> Report:
    """Score an interaction table on each day and the day after it, and measure both.

    interactions: a Parquet file or folder of bench.interactions; store: an empty one, for what is scored. Seeds are
    chosen once, from the first day, by the rule of the EigenTrust baseline, so that no later day lifts anybody by them.
    """
    home, materialise = store.settings.home, partial(store.materialised, spark)
    nights = {day + timedelta(days=step) for day in question.as_of for step in (0, 1)}
    rows = spark.read.parquet(interactions.as_uri())
    seeds = most_reacted_to(interactions, min(question.as_of), SEED_COUNT)
    for night in nights:
        folder = home / "scores" / f"as_of_date={night}"
        scores_up_to(spark, rows, night, versions, seeds, materialise).write.parquet(folder.as_uri())
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW reactions AS FROM read_parquet('{parquet_pattern(interactions)}') "
                           "WHERE engager <> author")
        connection.execute(f"CREATE VIEW scores AS FROM read_parquet('{home}/scores/*/*.parquet', "
                           "hive_partitioning = true, hive_types = {'as_of_date': DATE})")
        spread = [row for day in question.as_of for row in foretelling(
            connection, day, last_day(day, question.horizon_days), question.outcome_kind)]
        return Report(name, spread, [row for day in question.as_of for row in night_moves(connection, day)])


def _chosen(versions: str) -> list[str]:
    return versions.split(",") if versions else list(load_registry().released)


@contextmanager
def _workplace(engine: str) -> Iterator[tuple]:
    """A session and an empty store in a temporary folder, both gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="candor-validity-"))
    settings = Settings(home=home, engine=engine)
    try:
        with open_session(settings, "validity") as spark:
            yield spark, Store(settings)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _show(reports: list[Report], as_json: bool) -> None:
    if as_json:
        return show_json([asdict(report) for report in reports])
    for report in reports:
        _print_rows(f"{report.table_name}: what is foretold", report.foretelling)
        _print_rows(f"{report.table_name}: moves of one night, in points", report.moves)
    return None


def _print_rows(title: str, rows: list) -> None:
    show_table(title, [{name: _short(value) for name, value in asdict(row).items()} for row in rows])


def _short(value):
    return round(value, SHOWN_DIGITS) if isinstance(value, float) else value


if __name__ == "__main__":
    run_door(app)
