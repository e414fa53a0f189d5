"""What became of the reactions that the last release counted: aged, or gone. Every statement of causes stands on it."""

from collections.abc import Collection
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.decay import LIVE_WEIGHT, decayed
from jobs.scoring.scale import LINE_KEY
from jobs.scoring.steps import STEP

AGED, UNLISTED, KEPT = "aged", "unlisted", "kept"
"""Steps from the last release's reactions to what is left of them tonight."""

UNITS = ("line", "aged_units", "listed_units", "relinked_units")
SIZES = ("line_credit", "credit", "term_height")


def still_live(state: DataFrame, snapshot_date: date) -> DataFrame:
    """Account pairs of an earlier state that ageing alone would not have dropped by a day."""
    age = F.datediff(F.lit(snapshot_date), "last_interacted_date")
    return state.where(decayed(F.col("decayed_weight"), age) >= LIVE_WEIGHT)


def aged_lines(sums: DataFrame, steps: Collection[str]) -> DataFrame:
    """The last release's credits on the night's day, and how much of them was lost, step by step.

    sums: summed lines by step. AGED: the earlier pairs, aged, nothing added. UNLISTED: the same without everybody on a
    list now. KEPT: the same with tonight's links. A step that is not among steps has changed nothing. Grain out:
    LINE_KEY, with aged_units, and what each step lost: listed_units, relinked_units.
    """
    unlisted = UNLISTED if UNLISTED in steps else AGED
    kept = KEPT if KEPT in steps else unlisted
    return sums.where(F.col(STEP).isin(AGED, UNLISTED, KEPT)).groupBy(*LINE_KEY).agg(
        _of_step(AGED).alias("aged_units"), (_of_step(AGED) - _of_step(unlisted)).alias("listed_units"),
        (_of_step(unlisted) - _of_step(kept)).alias("relinked_units"))


def _of_step(step: str) -> Column:
    return F.sum(F.when(F.col(STEP) == step, F.col("line")).otherwise(F.lit(0).cast("bigint")))


def with_aged(lines: DataFrame, aged: DataFrame) -> DataFrame:
    """Tonight's lines beside what is left of the last release's; either side is 0 where it has no such line."""
    joined = lines.join(aged, on=LINE_KEY, how="full")
    units = [F.coalesce(F.col(name), F.lit(0)).cast("bigint").alias(name) for name in UNITS]
    sizes = [F.coalesce(F.col(name), F.lit(0.0)).alias(name) for name in SIZES]
    return joined.select(*LINE_KEY, "influence_score", *units, *sizes)
