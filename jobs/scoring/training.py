"""Train the weights of a learned version from a store: its parts on early days, and who drew more people afterwards."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.errors import MissingInput, ReleasedVersionEdited
from jobs.identity import with_person
from jobs.ledger import Release, visible_releases
from jobs.released import load_registry
from jobs.scoring.calibration import FACTORS_TOLD, Calibration, load_calibration, save_calibration
from jobs.scoring.learning import Learned, Plan, learn_from_future, split_days
from jobs.scoring.registry import algorithm
from jobs.scoring.run import night_inputs
from jobs.scoring.scale import network_lines, summed_lines
from jobs.storage import Store
from jobs.tables import OVERALL

FACTOR_DIGITS = 6
"""Digits of a frozen factor; the last one takes what rounding left, so that they sum to 1."""

PEOPLE_A_PAIR = 2
"""People drawn for each pair that is sampled: more could not all occur, so what reaches the driver stays bounded."""


@dataclass(frozen=True)
class Trained:
    """What a training gave: the frozen factors, how well they foretell, and the releases that it was made from."""

    factors: dict[str, float]
    learned: Learned
    releases: tuple[str, ...]


def train(spark, store: Store, version: str, first: date, last: date, plan: Plan) -> Trained:
    """Fit the term factors of a draft on the released nights of a span and save them in its calibration.

    Features come from the frozen state of a day, labels from the reactions of the days after it, and no day is both.
    Errors: ReleasedVersionEdited for a released version; MissingInput for too few days, without a calibration, or when
    the held-out day has nothing to judge by.
    """
    if version in load_registry().released:
        raise ReleasedVersionEdited(f"{version} is released and its factors are frozen; train the next version.")
    calibration = load_calibration(version)
    days, held_out = split_days(first, last, plan)
    frozen = _releases_on(store, [*days, held_out])
    names = algorithm(version).terms
    parts = {day: _parts(spark, store, version, calibration, release, plan) for day, release in frozen.items()}
    later_of = partial(_later_engagers, _reactions(spark, store, first, last), plan)
    learned = learn_from_future(parts.__getitem__, later_of, names, first, last, plan)
    if learned.held_out_auc is None:
        raise MissingInput(f"no pair of {held_out} to judge the factors by: no two people with credit drew unequal "
                           "numbers of people in the days after; give more nights, or a day with more reactions.")
    factors = factors_of(learned.weights)
    scale_from, *_ = calibration.made_from.partition(FACTORS_TOLD)
    made_from = f"{scale_from}{FACTORS_TOLD}{_told(learned)}"
    save_calibration(version, replace(calibration, term_factors=factors, made_from=made_from))
    return Trained(factors, learned, tuple(release.release_id for release in frozen.values()))


def factors_of(weights: dict[str, float]) -> dict[str, float]:
    """Weights as shares that sum to 1 at the digits that are frozen; errors: MissingInput when all are 0."""
    total = sum(weights.values())
    if total <= 0:
        raise MissingInput("every weight is 0: no part foretells who draws more people; give more nights.")
    rounded = {name: round(weight / total, FACTOR_DIGITS) for name, weight in weights.items()}
    largest = max(rounded, key=rounded.__getitem__)
    others = sum(share for name, share in rounded.items() if name != largest)
    return {**rounded, largest: round(1 - others, FACTOR_DIGITS)}


def _parts(spark, store: Store, version: str, calibration: Calibration, release: Release, plan: Plan) -> pd.DataFrame:
    """The combined credit of each term and person on a released night, over all posts, of as many people as are drawn.

    Who is kept follows from their names and the seed, so that a rerun keeps the same people.
    """
    night = release.snapshot_date
    pairs = night_inputs(spark, store, night, release)["pairs"].where(F.col("topic_id") == OVERALL)
    materialise = partial(store.materialised, spark)
    lines = network_lines(summed_lines({version: algorithm(version)}, pairs, materialise), {version: calibration})
    terms = materialise(lines.select(
        F.col("author_person_id").alias("person_id"), F.col("term").alias("part_name"), F.col("credit").alias("part")
    ).distinct())
    lot = F.md5(F.concat("person_id", F.lit(f":{plan.seed}")))
    drawn = terms.select("person_id").distinct().orderBy(lot).limit(PEOPLE_A_PAIR * plan.most_pairs)
    return terms.join(drawn, on="person_id", how="inner").withColumn("as_of_date", F.lit(night)).toPandas()


def _reactions(spark, store: Store, first: date, last: date) -> DataFrame:
    """Who reacted to whom on which day, people by the links of the newest release; computed once for all days."""
    span = f"snapshot_date >= '{first}' AND snapshot_date <= '{last}' AND topic_id = '{OVERALL}'"
    days = store.frame(spark, "feature__engagement_days", span).where(F.col("engager_account_id").isNotNull())
    links = store.frame(spark, "core__identity_links", f"snapshot_date = '{visible_releases(store)[-1].snapshot_date}'")
    people = with_person(with_person(days, links, "author"), links, "engager")
    others = people.where(F.col("author_person_id") != F.col("engager_person_id"))
    return store.materialised(spark, others.select("author_person_id", "engager_person_id", "snapshot_date").distinct())


def _later_engagers(reactions: DataFrame, plan: Plan, as_of: date, people: pd.Index) -> pd.Series:
    """Distinct engagers of some people in the horizon after a day; who drew nobody is absent."""
    named = reactions.sparkSession.createDataFrame(pa.table({"author_person_id": pa.array(people, pa.string())}))
    is_inside = F.col("snapshot_date").between(as_of + timedelta(days=1), as_of + timedelta(days=plan.horizon_days))
    return reactions.where(is_inside).join(named, on="author_person_id", how="inner").groupBy("author_person_id").agg(
        F.countDistinct("engager_person_id").alias("engagers")).toPandas().set_index("author_person_id")["engagers"]


def _releases_on(store: Store, days: list[date]) -> dict[date, Release]:
    """The newest release of each day; errors: MissingInput naming the days without one."""
    newest = {release.snapshot_date: release for release in visible_releases(store)}
    missing = [str(day) for day in days if day not in newest]
    if missing:
        raise MissingInput(f"training needs the released nights {', '.join(missing)}, and found none; run them, or "
                           "choose another span.")
    return {day: newest[day] for day in days}


def _told(learned: Learned) -> str:
    days = ", ".join(map(str, learned.training_dates))
    return (f"from {learned.training_pair_count} pairs of {days}; {learned.held_out_pair_count} pairs of "
            f"{learned.held_out_date} held out, AUC {learned.held_out_auc:.4f}")
