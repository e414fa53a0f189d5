"""The staged tables of a night, all versions together: scores, contributions, evidence, lines. Pure functions."""

from dataclasses import dataclass
from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.decay import UNIT, decayed
from jobs.rounding import POINT_DIGITS
from jobs.scoring.scale import SCORE_KEY, rounded_lines
from jobs.tables import TABLES

FEWEST_ENGAGERS = 3
FEWEST_POSTS = 2
FEWEST_DAYS = 2
"""Below these a topic says nothing about a person: answers S32, S35, S36."""

SHOWN_DIGITS = 6
"""Digits of published floating-point columns: below the last bits in which engines may differ."""

PERSON_TOPIC = ["author_person_id", "topic_id"]

EVIDENCE_POSTS = 3
"""Posts shown per person and topic: enough to judge by, few enough to read (S33)."""


@dataclass(frozen=True)
class Night:
    """What every row of a night's tables carries."""

    snapshot_date: date
    versions: tuple[str, ...]
    stale_networks: str | None

    def stamped(self, rows: DataFrame, table: str) -> DataFrame:
        """Rows in the order of a table, with the date."""
        return rows.withColumnRenamed("author_person_id", "person_id").withColumn(
            "snapshot_date", F.lit(self.snapshot_date)
        ).select(*TABLES[table].column_names)


def scores(night: Night, evidence: DataFrame, lines: DataFrame) -> DataFrame:
    """One row per person, topic and version with any reaction: a score, or which evidence is missing.

    Nulls: influence_score, percentile and rank are null together, exactly when a threshold is missed.
    """
    totals = lines.groupBy(*SCORE_KEY).agg(
        F.max("influence_score").alias("reached_score"), F.max("score_credit").alias("credit"))
    versions = evidence.sparkSession.createDataFrame([(name,) for name in night.versions], "algorithm_version string")
    known = evidence.crossJoin(versions).join(totals, on=SCORE_KEY, how="left")
    missed = F.coalesce(
        _missed("distinct_engager_count", FEWEST_ENGAGERS, "engagers"),
        _missed("reacted_post_count", FEWEST_POSTS, "posts"),
        _missed("active_day_count", FEWEST_DAYS, "days"),
        F.when(F.col("reached_score").isNull(), F.lit("no credit left")),
    )
    judged = known.withColumn("threshold_missed", missed).withColumn(
        "influence_score", F.when(F.col("threshold_missed").isNull(), F.col("reached_score")))
    stated = judged.withColumn("credit", F.round(F.coalesce("credit", F.lit(0.0)), SHOWN_DIGITS)).withColumn(
        "state", F.when(F.col("influence_score").isNull(), "insufficient_evidence").otherwise("scored"))
    return night.stamped(
        with_rank(stated).withColumn("stale_networks", F.lit(night.stale_networks).cast("string")),
        "staged__scores",
    )


def night_lines(night: Night, lines: DataFrame) -> DataFrame:
    """Every line with what is needed to say tomorrow why it moved, for scored people and those below the thresholds."""
    return night.stamped(lines.withColumnRenamed("line", "line_units"), "staged__lines")


def contributions(night: Night, scored: DataFrame, lines: DataFrame) -> DataFrame:
    """The lines of every scored row, rounded; they sum to influence_score - 1, as published."""
    kept = lines.join(_scored_keys(scored), on=SCORE_KEY, how="left_semi")
    return night.stamped(rounded_lines(kept), "staged__contributions")


def evidence_posts(night: Night, scored: DataFrame, posts: DataFrame) -> DataFrame:
    """The posts that drew the most people lately, at most three per scored person and topic."""
    age = F.datediff(F.lit(night.snapshot_date), "last_interacted_date")
    weighed = posts.where(F.col("decayed_weight") > 0).withColumn(
        "reaction_weight", F.round(decayed(F.col("decayed_weight"), age) / F.lit(float(UNIT)), SHOWN_DIGITS))
    strongest = Window.partitionBy(*PERSON_TOPIC).orderBy(
        F.col("reaction_weight").desc(), F.col("network").asc(), F.col("post_id").asc())
    placed = weighed.withColumn("evidence_rank", F.row_number().over(strongest).cast("bigint"))
    kept = placed.where(F.col("evidence_rank") <= EVIDENCE_POSTS).join(
        _scored_keys(scored), on=PERSON_TOPIC, how="inner")
    return night.stamped(kept, "staged__evidence")


def _scored_keys(scored: DataFrame) -> DataFrame:
    return scored.where(F.col("influence_score").isNotNull()).select(
        "algorithm_version", F.col("person_id").alias("author_person_id"), "topic_id")


def _missed(count: str, fewest: int, what: str) -> Column:
    """The threshold in words where a count stays below it, else null."""
    return F.when(F.col(count) < fewest, F.concat(F.col(count).cast("string"), F.lit(f" of {fewest} {what}")))


def with_rank(stated: DataFrame) -> DataFrame:
    """Percentile and rank among the scored people of a topic; null for the others, whom they do not move."""
    is_scored = F.col("influence_score").isNotNull()
    group = Window.partitionBy("algorithm_version", "topic_id", is_scored)
    percentile = F.round(F.cume_dist().over(group.orderBy(F.col("influence_score").asc())) * 100, POINT_DIGITS)
    rank = F.rank().over(group.orderBy(F.col("influence_score").desc()))
    return stated.withColumn("percentile", F.when(is_scored, percentile.cast("decimal(9,4)"))).withColumn(
        "rank", F.when(is_scored, rank.cast("bigint")))
