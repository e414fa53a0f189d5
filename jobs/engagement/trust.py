"""Who is trusted: whom serving seeds reacted to, and whom two such accounts did; per topic and over all posts."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.tables import OVERALL, TABLES

SECOND_DOORS = 2
"""Trusted accounts that must have reacted for trust to go one step further: one bought reaction opens no door."""

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
    first = edges.where("is_seed").select(*AUTHOR).distinct()
    named = first.select("network", "topic_id", F.col("account_id").alias("engager_account_id"),
                         F.lit(True).alias("is_first"))
    doors = edges.join(named, on=["network", "topic_id", "engager_account_id"], how="left").where(
        F.col("is_seed") | F.coalesce("is_first", F.lit(False)))
    reached = doors.groupBy(*AUTHOR).agg(
        F.countDistinct("engager_account_id").alias("doors"), F.max(F.col("is_seed").cast("int")).alias("by_seed")
    ).where((F.col("by_seed") == 1) | (F.col("doors") >= SECOND_DOORS)).select(*AUTHOR)
    themselves = serving.withColumn("topic_id", F.lit(OVERALL)).select(*AUTHOR)
    everyone = reached.unionByName(themselves).distinct()
    broad = everyone.withColumn("reach", F.count("*").over(Window.partitionBy("topic_id"))).where(
        (F.col("topic_id") == OVERALL) | (F.col("reach") >= FEWEST_TRUSTED))
    return broad.withColumn("snapshot_date", F.lit(snapshot_date)).select(
        *TABLES["feature__trusted_accounts"].column_names)


def _edges(state: DataFrame, serving: DataFrame) -> DataFrame:
    """Who reacted to whom about what, once, and whether the engager serves as a seed."""
    pairs = state.where(F.col("engager_account_id").isNotNull()).select(
        "network", "topic_id", "engager_account_id", F.col("author_account_id").alias("account_id")).distinct()
    seeds = serving.select("network", F.col("account_id").alias("engager_account_id"), F.lit(True).alias("is_seat"))
    return pairs.join(seeds, on=["network", "engager_account_id"], how="left").withColumn(
        "is_seed", F.coalesce("is_seat", F.lit(False))).drop("is_seat")
