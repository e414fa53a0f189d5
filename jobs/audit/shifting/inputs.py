"""What came in: volume and time of day of each network's reactions (L1), and who got how many of them (L2).

Read: the night, and of the engagement also the day before and the same weekday of the week before, never more.
"""

import math
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.audit.shifting.frames import MILLIONTHS, counted, exact_mean, metric_rows, share
from jobs.tables import INPUT, OVERALL

JUMP = 4
"""Times as many reactions, plus one, as on the better of the two earlier days: what a burst of bots does to an author
(gate-evidence section 3, row 7), and a good day to few."""

FEWEST_OF_TOPIC = 200
"""Reactions on an earlier day: the volume of a smaller topic is chance, seven per cent of it by Poisson's law."""

SECONDS_A_DAY = 86_400

QUANTILES = {"engagement_q50": 0.5, "engagement_q90": 0.9, "engagement_q99": 0.99}

VOLUME = ["log_rows", "log_engagers", "null_engager_share", "hour_sin", "hour_cos"]
ENGAGEMENT = ["log_authors", "log_activity", "engagement_mean", *QUANTILES, "ratio_7_median", "identical_share",
              "jump_share"]
METRICS = [*VOLUME, *ENGAGEMENT, "top_source_share"]


def days_read(snapshot_date: date) -> tuple[date, date, date]:
    """The night, the day before, the same weekday a week before."""
    return snapshot_date, snapshot_date - timedelta(days=1), snapshot_date - timedelta(days=7)


def input_metrics(reactions: DataFrame, engagement: DataFrame, snapshot_date: date) -> DataFrame:
    """Rows of input statistics, one cohort per network, and the volume of each topic that is large enough.

    reactions: core__interactions of the night; engagement: feature__engagement_days of days_read. Nulls: none; what a
    silent network counts is 0, and a network that was silent on all three days has no row.
    """
    authors = _authors(engagement, snapshot_date)
    numbers = _engagement(authors.where(F.col("topic_id") == OVERALL))
    for frame in (_volume(reactions), _sources(reactions)):
        numbers = numbers.join(frame, on="network", how="full")
    filled = numbers.fillna(0.0, METRICS).withColumnRenamed("network", "cohort")
    rows = metric_rows(filled, METRICS, algorithm_version=INPUT)
    topics = _topics(authors.where(F.col("topic_id") != OVERALL))
    return rows.unionByName(metric_rows(topics, ["log_activity"], algorithm_version=INPUT))


def _volume(reactions: DataFrame) -> DataFrame:
    """How much and when; the mean hour lies on a circle, so it is two numbers."""
    second = F.unix_timestamp("interacted_at") % SECONDS_A_DAY
    angle = second.cast("double") * (2 * math.pi / SECONDS_A_DAY)
    rows = F.count("*")
    return reactions.groupBy("network").agg(
        F.log1p(rows).alias("log_rows"),
        F.log1p(F.count_distinct("engager_account_id")).alias("log_engagers"),
        share(counted(F.col("engager_account_id").isNull()), rows).alias("null_engager_share"),
        exact_mean(F.sin(angle), rows).alias("hour_sin"),
        exact_mean(F.cos(angle), rows).alias("hour_cos"),
    )


def _authors(engagement: DataFrame, snapshot_date: date) -> DataFrame:
    """Reactions that each author got tonight, the day before and a week before, by topic."""
    tonight, yesterday, week = (F.col("snapshot_date") == F.lit(day) for day in days_read(snapshot_date))
    return engagement.groupBy("network", "topic_id", "author_account_id").agg(
        _reactions_of(tonight).alias("tonight"), _reactions_of(yesterday).alias("yesterday"),
        _reactions_of(week).alias("week"))


def _engagement(authors: DataFrame) -> DataFrame:
    """Reactions per author who got any tonight, and against what the same author got before."""
    now, before, earlier = (F.col(name) for name in ("tonight", "yesterday", "week"))
    active, both, size = now > 0, (now > 0) & (before > 0), F.log1p("tonight")
    jumped = active & (now + 1 >= JUMP * (F.greatest(before, earlier) + 1))
    ratio = F.when(active & (earlier > 0), size - F.log1p("week"))
    levels = F.percentile(F.when(active, size), list(QUANTILES.values()))
    numbers = authors.groupBy("network").agg(
        levels.alias("levels"),
        F.log1p(counted(active)).alias("log_authors"),
        _activity(size).alias("log_activity"),
        exact_mean(F.when(active, size), counted(active)).alias("engagement_mean"),
        F.coalesce(F.percentile(ratio, 0.5), F.lit(0.0)).alias("ratio_7_median"),
        share(counted(both & (now == before)), counted(both)).alias("identical_share"),
        share(counted(jumped), counted(active)).alias("jump_share"),
    )
    named = [F.coalesce(F.get("levels", F.lit(place)), F.lit(0.0)).alias(name) for place, name in enumerate(QUANTILES)]
    return numbers.select("*", *named).drop("levels")


def _topics(authors: DataFrame) -> DataFrame:
    """Activity per topic, of topics with enough reactions on an earlier day: one that breaks tonight counts 0."""
    topics = authors.groupBy("topic_id").agg(
        _activity(F.log1p("tonight")).alias("log_activity"),
        F.greatest(F.sum("yesterday"), F.sum("week")).alias("earlier"))
    return topics.where(F.col("earlier") >= FEWEST_OF_TOPIC).select(
        F.concat(F.lit("topic:"), "topic_id").alias("cohort"), "log_activity")


def _activity(size: Column) -> Column:
    """Logarithm of the summed logarithms of what authors got: one viral post does not hide what many others lost."""
    return F.log1p(F.sum(F.round(size * MILLIONTHS).cast("bigint")) / F.lit(float(MILLIONTHS)))


def _sources(reactions: DataFrame) -> DataFrame:
    """The share of the reactions of one night that came from its most eager account."""
    known = reactions.where(F.col("engager_account_id").isNotNull())
    engagers = known.groupBy("network", "engager_account_id").agg(F.sum("interaction_count").alias("given"))
    return engagers.groupBy("network").agg(share(F.max("given"), F.sum("given")).alias("top_source_share"))


def _reactions_of(day: Column) -> Column:
    return F.sum(F.when(day, F.col("interaction_count")).otherwise(F.lit(0)))
