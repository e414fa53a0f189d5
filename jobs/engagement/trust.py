"""Who is trusted: whom two serving seeds reacted to, or two such accounts; per topic and over all posts."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.tables import OVERALL, TABLES

DOORS = 2
"""Seeds that must have reacted for the first step, and trusted accounts for the second: one bought account opens none.
With one door for the first step, a single bought seed let in a thousand sybils (docs/attacks.md)."""

FEWEST_TRUSTED = 100
"""Accounts reached in a topic below which its own graph is too thin; trust over all posts is used there instead."""

AUTHOR = ["network", "topic_id", "account_id"]


def trusted_accounts(state: DataFrame, seeds: DataFrame, snapshot_date: date) -> DataFrame:
    """The accounts that trust reaches, by topic with enough of them and over all posts (`_overall`).

    state: the night's pairs; seeds: its seed list. Serving seeds are trusted themselves, in every topic that is listed.
    Grain: feature__trusted_accounts.
    """
    serving = seeds.where(F.col("expires_date") > F.lit(snapshot_date)).select("network", "account_id").distinct()
    edges = _edges(state, serving)
    first = _with_doors(edges.where("is_seed"))
    named = first.select("network", "topic_id", F.col("account_id").alias("engager_account_id"),
                         F.lit(True).alias("is_first"))
    beyond = edges.join(named, on=["network", "topic_id", "engager_account_id"], how="left").where(
        F.col("is_seed") | F.coalesce("is_first", F.lit(False)))
    reached = _with_doors(beyond)
    counted = reached.withColumn("reach", F.count("*").over(Window.partitionBy("topic_id")))
    broad = counted.where((F.col("topic_id") == OVERALL) | (F.col("reach") >= FEWEST_TRUSTED)).select(*AUTHOR)
    topics = broad.select("topic_id").unionByName(seeds.sparkSession.createDataFrame([(OVERALL,)], "topic_id string"))
    themselves = serving.crossJoin(topics.distinct()).select(*AUTHOR)
    return broad.unionByName(themselves).distinct().withColumn("snapshot_date", F.lit(snapshot_date)).select(
        *TABLES["feature__trusted_accounts"].column_names)


def _with_doors(edges: DataFrame) -> DataFrame:
    """Authors to whom enough different accounts reacted."""
    doors = edges.groupBy(*AUTHOR).agg(F.countDistinct("engager_account_id").alias("doors"))
    return doors.where(F.col("doors") >= DOORS).select(*AUTHOR)


def _edges(state: DataFrame, serving: DataFrame) -> DataFrame:
    """Who reacted to whom about what, once, and whether the engager serves as a seed."""
    pairs = state.where(F.col("engager_account_id").isNotNull()).select(
        "network", "topic_id", "engager_account_id", F.col("author_account_id").alias("account_id")).distinct()
    seeds = serving.select("network", F.col("account_id").alias("engager_account_id"), F.lit(True).alias("is_seat"))
    return pairs.join(seeds, on=["network", "engager_account_id"], how="left").withColumn(
        "is_seed", F.coalesce("is_seat", F.lit(False))).drop("is_seat")
