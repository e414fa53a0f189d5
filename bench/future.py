"""Learn weights from the future of an interaction table, without judges, and judge them on a later day.

Usage: python -m bench.future FILE --first 2012-07-01 --last 2012-07-07 --horizon 2
"""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import duckdb
import pandas as pd
import typer

from bench.baselines import SEED_COUNT
from bench.interactions import FOLLOW_KIND, most_reacted_to, parquet_pattern, parts_up_to, read_interactions
from jobs.door import run_door
from jobs.scoring.learning import HORIZON_DAYS, STEP_DAYS, LaterOf, Learned, Plan, learn_from_future
from jobs.scoring.run import Materialise
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store
from jobs.terminal import show_json

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

DAY = ["%Y-%m-%d"]


@app.command(epilog="Example: python -m bench.future reactions.csv --first 2030-01-10 --last 2030-02-14 --horizon 14")
def main(
    file: Annotated[Path, typer.Argument(help="An interaction file, as bench.validity reads it.")],
    first: Annotated[datetime, typer.Option(formats=DAY, help="Earliest day whose features may be learned from.")],
    last: Annotated[datetime, typer.Option(formats=DAY, help="Last day whose reactions are known.")],
    horizon: Annotated[int, typer.Option(min=1, help="Days after the features that decide.")] = HORIZON_DAYS,
    step: Annotated[int, typer.Option(min=1, help="Days between two days to learn from.")] = STEP_DAYS,
    version: Annotated[str, typer.Option(help="Version whose parts by kind are the features.")] = "v2",
    seed: Annotated[int, typer.Option(help="Decides which pairs are drawn.")] = 0,
) -> None:
    """Print the weights, the days, the number of pairs and the AUC on the held-out day as JSON."""
    home = Path(tempfile.mkdtemp(prefix="candor-future-"))
    try:
        interactions = read_interactions(file, home / "interactions.parquet")
        store = Store(Settings(home=home))
        with open_session(store.settings, "future") as spark:
            plan = Plan(horizon_days=horizon, step_days=step, seed=seed)
            materialise = partial(store.materialised, spark)
            show_json(asdict(learned_from(spark, interactions, first.date(), last.date(), version, plan, materialise)))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def learned_from(
    spark, interactions: Path, first: date, last: date, version: str, plan: Plan, materialise: Materialise
) -> Learned:
    """Weights of a version's parts, learned from an interaction table of bench.interactions.

    The features are the parts that occur up to the last day to learn from; later ones could not have been learned.
    """
    parts_of = parts_by_day(spark, interactions, version, most_reacted_to(interactions, first, SEED_COUNT), materialise)
    names = sorted(parts_of(last - timedelta(days=2 * plan.horizon_days))["part_name"].unique())
    later_of = later_in(reactions_of(interactions), plan.horizon_days)
    return learn_from_future(parts_of, later_of, names, first, last, plan)


def parts_by_day(
    spark, interactions: Path, version: str, seeds: Sequence[str], materialise: Materialise
) -> Callable[[date], pd.DataFrame]:
    """A function from a day to the parts that are known on it."""
    rows = spark.read.parquet(interactions.as_uri())
    return lambda day: parts_up_to(spark, rows, day, version, seeds, materialise).toPandas()


def reactions_of(interactions: Path) -> pd.DataFrame:
    """Who reacted to whom on which day, each once a day and kind."""
    with duckdb.connect() as connection:
        return connection.execute(
            "SELECT DISTINCT author AS author_person_id, engager AS engager_person_id, "
            "interacted_date AS snapshot_date, kind FROM read_parquet($path) "
            "WHERE engager <> author AND kind <> $follow",
            {"path": parquet_pattern(interactions), "follow": FOLLOW_KIND},
        ).df()


def later_in(reactions: pd.DataFrame, horizon_days: int) -> LaterOf:
    """Labels from a frame of reactions: author_person_id, engager_person_id, snapshot_date."""
    return lambda as_of, _: later_engagers(reactions, as_of, horizon_days)


def later_engagers(reactions: pd.DataFrame, as_of: date, horizon_days: int) -> pd.Series:
    """Distinct engagers of each author in the days after as_of, by person_id; authors without any are absent.

    Rows outside (as_of, as_of + horizon] do nothing, nor do people's reactions to themselves.
    """
    days = pd.to_datetime(reactions["snapshot_date"])
    inside = (days > pd.Timestamp(as_of)) & (days <= pd.Timestamp(as_of + timedelta(days=horizon_days)))
    later = reactions[inside & (reactions["author_person_id"] != reactions["engager_person_id"])]
    return later.groupby("author_person_id")["engager_person_id"].nunique()


if __name__ == "__main__":
    run_door(app)
