"""Make a calibration file from one night's state: the only place where a scale is fitted, and then never again."""

from dataclasses import replace
from datetime import date
from functools import partial

from pyspark.sql import functions as F

from jobs.decay import UNIT
from jobs.errors import MissingInput, ReleasedVersionEdited
from jobs.released import load_registry
from jobs.scoring.calibration import FACTORS_TOLD, Calibration, load_calibration, path_of, save_calibration
from jobs.scoring.registry import algorithm
from jobs.scoring.run import night_inputs
from jobs.scoring.scale import summed_lines
from jobs.storage import Store
from jobs.tables import OVERALL

REFERENCE = 50_000.0
"""R of the roll-up: the credit that earns 100 (start value of the evidence page, section 1)."""

UPPER_SHARE = 0.99
"""The quantile of log credit at which topics are made comparable."""

SHRINKAGE_PEOPLE = 50
"""A topic with this many people is moved half of the way from the global reference to its own."""

REFERENCE_FLOOR = 1_000.0
"""No topic is so small that a thousand full credits would not be 100."""

FEWEST_FOR_QUANTILE = 10
"""A topic with fewer people uses the default reference: its quantile would be one person."""


def calibrate(spark, store: Store, snapshot_date: date, version: str) -> Calibration:
    """Fit and save the calibration of a draft from the state of one night.

    The quantile of a topic, shrunk towards the global one by its number of people, decides R_t:
    ln(1 + R_t) = ln(1 + R) * q_t / q. So the same place in two topics earns about the same score. A version of
    several terms is measured by the largest of them; the factors that were trained for it stay. Errors:
    ReleasedVersionEdited for a released version; MissingInput when nobody has credit that night.
    """
    if version in load_registry().released:
        raise ReleasedVersionEdited(f"{version} is released and its calibration is frozen; calibrate the next version.")
    pairs = night_inputs(spark, store, snapshot_date)["pairs"]
    credit = F.sum("line") / F.lit(float(UNIT))
    by_network = ["topic_id", "author_person_id", "network"]
    summed = summed_lines({version: algorithm(version)}, pairs, partial(store.materialised, spark))
    lines = summed.groupBy(*by_network, "term").agg(credit.alias("credit")).groupBy(*by_network).agg(
        F.max("credit").alias("credit"))
    quantiles = {row["topic_id"]: row for row in _topic_quantiles(lines).toLocalIterator()}
    medians = {row["network"]: row["median"] for row in _network_medians(lines).toLocalIterator()}
    if OVERALL not in quantiles:
        raise MissingInput(
            f"feature__engagement_state: expected reactions between people for {snapshot_date}, found none. Calibrate "
            "on a night that was scored; `candor status` lists them.")
    overall = quantiles.pop(OVERALL)
    calibration = _with_trained_factors(version, Calibration(
        reference=REFERENCE,
        default_topic_reference=REFERENCE,
        topic_references={topic: _topic_reference(row, overall["upper"]) for topic, row in sorted(quantiles.items())
                          if row["people"] >= FEWEST_FOR_QUANTILE},
        network_medians=medians,
        common_level=round(sum(medians.values()) / len(medians), 6),
        made_from=f"the state of {snapshot_date}, {overall['people']} people with credit",
    ))
    save_calibration(version, calibration)
    return calibration


def _with_trained_factors(version: str, fitted: Calibration) -> Calibration:
    """The scale with the factors that were trained for the version, and what these were made from."""
    if not path_of(version).is_file():
        return fitted
    before = load_calibration(version)
    _, *told = before.made_from.partition(FACTORS_TOLD)
    return replace(fitted, term_factors=before.term_factors, made_from=fitted.made_from + "".join(told))


def _topic_quantiles(lines):
    people = lines.groupBy("topic_id", "author_person_id").agg(F.sum("credit").alias("credit"))
    return people.groupBy("topic_id").agg(
        F.expr(f"percentile(ln(1 + credit), {UPPER_SHARE})").alias("upper"), F.count("*").alias("people"))


def _network_medians(lines):
    return lines.where(F.col("topic_id") == OVERALL).groupBy("network").agg(
        F.round(F.expr("percentile(credit, 0.5)"), 6).alias("median"))


def _topic_reference(row, overall: float) -> float:
    own = row["people"] / (row["people"] + SHRINKAGE_PEOPLE)
    ratio = (own * row["upper"] + (1 - own) * overall) / overall
    return max(REFERENCE_FLOOR, round((1 + REFERENCE) ** ratio - 1, 3))
