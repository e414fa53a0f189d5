"""Train the weights of a learned version from a store: its parts on early days, and who drew more people afterwards."""

from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
from pyspark.sql import functions as F

from jobs.errors import MissingInput, ReleasedVersionEdited
from jobs.identity import with_person
from jobs.ledger import Release, standing
from jobs.scoring.calibration import Calibration, load_calibration, save_calibration
from jobs.scoring.learning import Learned, Plan, learn_from_future, split_days
from jobs.scoring.registry import algorithm, load_registry
from jobs.scoring.run import night_inputs
from jobs.scoring.scale import all_credits, network_lines, summed_lines
from jobs.storage import Store
from jobs.tables import OVERALL

FACTOR_DIGITS = 6
"""Digits of a frozen factor; the last one takes what rounding left, so that they sum to 1."""


@dataclass(frozen=True)
class Trained:
    """What a training gave: the frozen factors, how well they foretell, and the releases that it was made from."""

    factors: dict[str, float]
    learned: Learned
    releases: tuple[str, ...]


def train(spark, store: Store, version: str, first: date, last: date, plan: Plan) -> Trained:
    """Fit the term factors of a draft on the released nights of a span and save them in its calibration.

    Features come from the frozen state of a day, labels from the reactions of the days after it, and no day is both.
    Errors: ReleasedVersionEdited for a released version; MissingInput for too few days, or without a calibration.
    """
    if version in load_registry().released:
        raise ReleasedVersionEdited(f"{version} is released and its factors are frozen; train the next version.")
    calibration = load_calibration(version)
    days, held_out = split_days(first, last, plan)
    frozen = _releases_on(store, [*days, held_out])
    names = algorithm(version).terms
    parts = {day: _parts(spark, store, version, calibration, release) for day, release in frozen.items()}
    learned = learn_from_future(parts.__getitem__, _reactions(spark, store, first, last), names, first, last, plan)
    factors = factors_of(learned.weights)
    made_from = f"{calibration.made_from.split('; factors')[0]}; factors {_told(learned)}"
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


def _parts(spark, store: Store, version: str, calibration: Calibration, release: Release) -> pd.DataFrame:
    """The combined credit of each term and person on a released night, over all posts."""
    night = release.snapshot_date
    pairs = night_inputs(spark, store, night, release.table_snapshots)["pairs"].where(F.col("topic_id") == OVERALL)
    credits = all_credits({version: algorithm(version)}, pairs)
    lines = network_lines(summed_lines(credits), {version: calibration})
    terms = lines.select("author_person_id", "term", "credit").distinct()
    return terms.select(
        F.lit(night).alias("as_of_date"), F.col("author_person_id").alias("person_id"),
        F.col("term").alias("part_name"), F.col("credit").alias("part")).toPandas()


def _reactions(spark, store: Store, first: date, last: date) -> pd.DataFrame:
    """Who reacted to whom on which day, people by the links of the newest release."""
    span = f"snapshot_date >= '{first}' AND snapshot_date <= '{last}' AND topic_id = '{OVERALL}'"
    days = store.frame(spark, "feature__engagement_days", span).where(F.col("engager_account_id").isNotNull())
    links = store.frame(spark, "core__identity_links", f"snapshot_date = '{standing(store)[-1].snapshot_date}'")
    people = with_person(with_person(days, links, "author"), links, "engager")
    return people.select("author_person_id", "engager_person_id", "snapshot_date").distinct().toPandas()


def _releases_on(store: Store, days: list[date]) -> dict[date, Release]:
    """The newest release of each day; errors: MissingInput naming the days without one."""
    newest = {release.snapshot_date: release for release in standing(store)}
    missing = [str(day) for day in days if day not in newest]
    if missing:
        raise MissingInput(f"training needs the released nights {', '.join(missing)}, and found none; run them, or "
                           "choose another span.")
    return {day: newest[day] for day in days}


def _told(learned: Learned) -> str:
    days = ", ".join(map(str, learned.training_dates))
    return (f"from {learned.training_pair_count} pairs of {days}; {learned.held_out_pair_count} pairs of "
            f"{learned.held_out_date} held out, AUC {learned.held_out_auc:.4f}")
