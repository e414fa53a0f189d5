"""The world before the attack: its counted days, who acted when, its links and the seeds that serve in it."""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bench.interactions import FOLLOW_KIND, NETWORK
from jobs.engagement.seeds import drawn_seeds
from jobs.engagement.state import state_at_once
from jobs.errors import MissingInput
from jobs.storage import Store, on_day
from jobs.tables import OVERALL, TABLES

ACTION = ["network", "engager_account_id", "author_account_id", "post_id", "interacted_at", "kind", "snapshot_date"]


@dataclass(frozen=True)
class HonestWorld:
    """What an attack meets.

    days: feature__engagement_days of all days; actions: reactions with their moments (ACTION); links: identity links
    of the last day; seeds: feature__trust_seeds of the last day, drawn without the attack; network: the one attacked.
    planted: people who attack in the world itself, and are not honest people that a version could harm.
    """

    name: str
    network: str
    first_day: date
    last_day: date
    days: DataFrame
    actions: DataFrame
    links: DataFrame
    seeds: DataFrame
    planted: tuple[str, ...] = ()


def store_world(spark, store: Store) -> HonestWorld:
    """The world of a finished store, up to its last released day; errors: MissingInput when no night has run."""
    days = store.frame(spark, "feature__engagement_days")
    first, last = _span(days, "the store has no engagement days; run its nights first")
    today = on_day(last)
    actions = store.frame(spark, "core__interactions").where(F.col("snapshot_date") <= F.lit(last)).select(*ACTION)
    return HonestWorld(
        "demo", _busiest_network(actions), first, last, days.where(F.col("topic_id").isNotNull()), actions,
        store.frame(spark, "core__identity_links", today), store.frame(spark, "feature__trust_seeds", today),
        _planted(store.settings.home / "truth.json"))


def table_world(spark, name: str, interactions: DataFrame) -> HonestWorld:
    """The world of an interaction table of bench.interactions: one network, one topic, seeds drawn on its last day."""
    actions = interactions.where((F.col("engager") != F.col("author")) & (F.col("kind") != FOLLOW_KIND)).select(
        F.lit(NETWORK).alias("network"), F.col("engager").alias("engager_account_id"),
        F.col("author").alias("author_account_id"), F.col("object").alias("post_id"),
        F.col("interacted_at").cast("timestamp").alias("interacted_at"), "kind",
        F.col("interacted_date").alias("snapshot_date"))
    first, last = _span(actions, f"{name} holds no reaction between two accounts; give a table that does")
    days = counted_days(actions.withColumn("topic_id", F.lit(OVERALL)))
    nobody = spark.createDataFrame([], TABLES["core__identity_links"].spark_schema)
    earlier = spark.createDataFrame([], TABLES["feature__trust_seeds"].spark_schema)
    groups = spark.createDataFrame([], TABLES["feature__coordinated_groups"].spark_schema)
    seeds = drawn_seeds(earlier, state_at_once(days, last), groups, last)
    return HonestWorld(name, NETWORK, first, last, days, actions, nobody, seeds)


def with_seeds(spark, world: HonestWorld, accounts: list[str]) -> HonestWorld:
    """The world with seeds that are given: for tables too short for the rule that draws them."""
    rows = [(world.last_day, world.network, account, world.last_day, date.max) for account in accounts]
    return replace(world, seeds=spark.createDataFrame(rows, TABLES["feature__trust_seeds"].spark_schema))


def counted_days(actions: DataFrame) -> DataFrame:
    """Reactions as counts per day, pair, topic and kind; follows are no reactions. Grain: feature__engagement_days."""
    key = ["snapshot_date", "network", "topic_id", "engager_account_id", "author_account_id", "kind"]
    return actions.where(F.col("kind") != FOLLOW_KIND).groupBy(*key).agg(F.count("*").alias("interaction_count"))


def _planted(truth: Path) -> tuple[str, ...]:
    """The ring that a demo world was made with; a store from elsewhere tells of none."""
    return tuple(json.loads(truth.read_text())["ring"]) if truth.is_file() else ()


def _span(days: DataFrame, otherwise: str) -> tuple[date, date]:
    first, last = days.agg(F.min("snapshot_date"), F.max("snapshot_date")).first()
    if last is None:
        raise MissingInput(otherwise)
    return first, last


def _busiest_network(actions: DataFrame) -> str:
    """The network with most reactions between two named accounts: there an attack meets a full defence."""
    named = actions.where(F.col("engager_account_id").isNotNull() & F.col("author_account_id").isNotNull())
    return named.groupBy("network").count().orderBy(F.col("count").desc(), "network").first()["network"]
