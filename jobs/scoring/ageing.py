"""What became of the reactions that the last release counted: aged, or gone. Every statement of causes stands on it."""

from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.decay import LIVE_WEIGHT, decayed
from jobs.scoring.scale import LINE_KEY

UNITS = ("line", "aged_units", "listed_units", "relinked_units")
SIZES = ("line_credit", "credit", "term_height")


def still_live(state: DataFrame, snapshot_date: date) -> DataFrame:
    """Account pairs of an earlier state that ageing alone would not have dropped by a day."""
    age = F.datediff(F.lit(snapshot_date), "last_interacted_date")
    return state.where(decayed(F.col("decayed_weight"), age) >= LIVE_WEIGHT)


def aged_lines(aged: DataFrame, unlisted: DataFrame, kept: DataFrame) -> DataFrame:
    """The last release's credits on the night's day, and how much of them was lost, step by step.

    aged: credits of the earlier pairs, aged, nothing added. unlisted: the same without everybody on a list now.
    kept: the same with tonight's links. Grain out: LINE_KEY, with aged_units, and what each step lost: listed_units,
    relinked_units.
    """
    steps = {"aged_units": aged, "unlisted_units": unlisted, "kept_units": kept}
    named = [_beside_zeros(credits, name, tuple(steps)) for name, credits in steps.items()]
    sums = reduce(DataFrame.unionByName, named).groupBy(*LINE_KEY).agg(*[F.sum(name).alias(name) for name in steps])
    return sums.select(
        *LINE_KEY, "aged_units", (F.col("aged_units") - F.col("unlisted_units")).alias("listed_units"),
        (F.col("unlisted_units") - F.col("kept_units")).alias("relinked_units"))


def only_aged(aged: DataFrame) -> DataFrame:
    """The same where neither lists nor links have changed: nothing was lost."""
    nothing = F.lit(0).cast("bigint")
    return aged.groupBy(*LINE_KEY).agg(F.sum("credit").alias("aged_units")).withColumn(
        "listed_units", nothing).withColumn("relinked_units", nothing)


def _beside_zeros(credits: DataFrame, name: str, names: tuple[str, ...]) -> DataFrame:
    """Credits as the column of their step, 0 in those of the others."""
    return credits.select(*LINE_KEY, *[
        (F.col("credit") if other == name else F.lit(0).cast("bigint")).alias(other) for other in names])


def with_aged(lines: DataFrame, aged: DataFrame) -> DataFrame:
    """Tonight's lines beside what is left of the last release's; either side is 0 where it has no such line."""
    joined = lines.join(aged, on=LINE_KEY, how="full")
    units = [F.coalesce(F.col(name), F.lit(0)).cast("bigint").alias(name) for name in UNITS]
    sizes = [F.coalesce(F.col(name), F.lit(0.0)).alias(name) for name in SIZES]
    return joined.select(*LINE_KEY, "influence_score", *units, *sizes)
