"""What became of the reactions that the last release counted: aged, or gone. Every statement of causes stands on it."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.decay import LIVE_WEIGHT, decayed
from jobs.scoring.contract import PAIR
from jobs.scoring.people import with_person
from jobs.scoring.scale import LINE_KEY

UNITS = ("line", "aged_units", "listed_units", "relinked_units")
SIZES = ("line_credit", "credit", "term_height")


def still_live(state: DataFrame, snapshot_date: date) -> DataFrame:
    """Account pairs of an earlier state that ageing alone would not have dropped by a day."""
    age = F.datediff(F.lit(snapshot_date), "last_interacted_date")
    return state.where(decayed(F.col("decayed_weight"), age) >= LIVE_WEIGHT)


def listed_people(suppressions: DataFrame, links: DataFrame) -> DataFrame:
    """People with an account on a list, named as the last release named them; column engager_person_id."""
    accounts = suppressions.select("network", F.col("account_id").alias("engager_account_id")).distinct()
    return with_person(accounts, links, "engager").select("engager_person_id").distinct()


def aged_lines(aged: DataFrame, pairs: DataFrame, listed: DataFrame) -> DataFrame:
    """The last release's credits on the night's day, and how much of them belongs to pairs that are gone.

    aged: credits of the earlier pairs, aged, nothing added. Grain out: LINE_KEY, with aged_units, listed_units (the
    engager is on a list now) and relinked_units (gone otherwise: an account was linked to a
    person, or unlinked).
    """
    present = pairs.select(*PAIR).distinct().withColumn("is_present", F.lit(True))
    known = aged.join(present, on=list(PAIR), how="left").join(
        listed.withColumn("is_listed", F.lit(True)), on="engager_person_id", how="left")
    is_gone = F.col("is_present").isNull() & F.col("engager_person_id").isNotNull()
    is_listed = F.coalesce("is_listed", F.lit(False))
    return known.groupBy(*LINE_KEY).agg(
        F.sum("credit").alias("aged_units"),
        _sum_where(is_gone & is_listed).alias("listed_units"),
        _sum_where(is_gone & ~is_listed).alias("relinked_units"),
    )


def with_aged(lines: DataFrame, aged: DataFrame) -> DataFrame:
    """Tonight's lines beside what is left of the last release's; either side is 0 where it has no such line."""
    joined = lines.join(aged, on=LINE_KEY, how="full")
    units = [F.coalesce(F.col(name), F.lit(0)).cast("bigint").alias(name) for name in UNITS]
    sizes = [F.coalesce(F.col(name), F.lit(0.0)).alias(name) for name in SIZES]
    return joined.select(*LINE_KEY, "influence_score", *units, *sizes)


def _sum_where(condition):
    return F.sum(F.when(condition, F.col("credit")).otherwise(F.lit(0))).cast("bigint")
