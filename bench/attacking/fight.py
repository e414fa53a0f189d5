"""One pass: a world, with an attack or without, through the project's own functions up to the scores."""

import time
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bench.attacking.honest import HonestWorld, counted_days
from jobs.engagement.coaction import coactions, coordinated_groups, folded_coactions, timed_interactions
from jobs.engagement.seeds import drawn_seeds
from jobs.engagement.state import folded_state, state_at_once
from jobs.engagement.trust import trusted_accounts
from jobs.errors import MissingInput
from jobs.scoring.calibration import Calibration, load_calibration
from jobs.scoring.people import people_pairs, with_marks
from jobs.scoring.registry import algorithm
from jobs.scoring.run import version_lines
from jobs.storage import Store
from jobs.tables import OVERALL, TABLES

SCALE_OF_DRAFTS = "v2"
"""Whose calibration a version is read on that has none of its own yet: v3 counts in the same credits."""

REST_WEEKDAY = 6
"""Once a week the fold is computed and written: every night would cost a job each, all at once a plan too deep."""


@dataclass(frozen=True)
class Outcome:
    """What a pass came to, as Spark frames of small results, and seconds by stage.

    scores: algorithm_version, person_id, topic_id, influence_score; groups: network, account_id, group_id.
    """

    scores: DataFrame
    groups: DataFrame
    seeds: DataFrame
    seconds: dict[str, float]


def attacked(world: HonestWorld, attack: DataFrame) -> HonestWorld:
    """The world with an attack in it; its reactions count over all posts, and in a topic where one is named."""
    everywhere = attack.withColumn("topic_id", F.lit(OVERALL))
    in_topic = attack.where(F.col("topic_id").isNotNull())
    days = world.days.unionByName(counted_days(everywhere.unionByName(in_topic)))
    return replace(world, days=days, actions=world.actions.unionByName(attack.drop("topic_id", "family")))


def outcome(spark, store: Store, world: HonestWorld, versions: list[str], topics: list[str]) -> Outcome:
    """Groups, then scores of every version at once, for the roll-up and the topics named."""
    def materialise(frame: DataFrame) -> DataFrame:
        return store.materialised(spark, frame)

    started = time.monotonic()
    groups = materialise(_last(nightly_groups(spark, materialise, world)))
    detected = time.monotonic()
    days = world.days.where(F.col("topic_id").isin(*topics)).groupBy(
        "snapshot_date", "network", "topic_id", "engager_account_id", "author_account_id", "kind"
    ).agg(F.sum("interaction_count").alias("interaction_count"))
    state = materialise(state_at_once(days, world.last_day))
    trusted = materialise(trusted_accounts(state, world.seeds, world.last_day))
    marks = (trusted, world.seeds, groups, world.links)
    pairs = materialise(with_marks(people_pairs(state, world.links, world.last_day), *marks))
    paired = time.monotonic()
    scores, seconds = _scores(materialise, pairs, versions)
    seconds |= {"detection": detected - started, "pairs": paired - detected}
    return Outcome(scores, groups.select("network", "account_id", "group_id"), world.seeds, seconds)


def nightly_groups(spark, materialise, world: HonestWorld):
    """The coordinated groups of each night, folded as the nights do; yields (day, groups)."""
    pairs = _daily_coactions(materialise, world.actions)
    known = spark.createDataFrame([], TABLES["feature__coactions"].spark_schema)
    for day in _days(world):
        known = folded_coactions(known, pairs.where(F.col("snapshot_date") == F.lit(day)), day)
        known = materialise(known) if day.weekday() == REST_WEEKDAY else known
        yield day, coordinated_groups(known)


def seeds_drawn_under_attack(spark, store: Store, world: HonestWorld) -> DataFrame:
    """The seed list when the attack was there from the first night: every night's draw, one after the other."""
    def materialise(frame: DataFrame) -> DataFrame:
        return store.materialised(spark, frame)

    overall = materialise(world.days.where(F.col("topic_id") == OVERALL))
    state = spark.createDataFrame([], TABLES["feature__engagement_state"].spark_schema)
    seeds = spark.createDataFrame([], TABLES["feature__trust_seeds"].spark_schema)
    for day, groups in nightly_groups(spark, materialise, world):
        today = overall.where(F.col("snapshot_date") == F.lit(day))
        state = materialise(folded_state(state, today, day))
        seeds = materialise(drawn_seeds(seeds, state, groups, day))
    return seeds


def calibrations(versions: list[str]) -> dict[str, Calibration]:
    """The calibration of each version; a draft without one is read on the scale of SCALE_OF_DRAFTS."""
    return {version: _calibration(version) for version in versions}


def _calibration(version: str) -> Calibration:
    try:
        return load_calibration(version)
    except MissingInput:
        return load_calibration(SCALE_OF_DRAFTS)


def _scores(materialise, pairs: DataFrame, versions: list[str]) -> tuple[DataFrame, dict[str, float]]:
    """Scores of all versions, and how long each takes alone."""
    frames, seconds = [], {}
    for version in versions:
        started = time.monotonic()
        lines = version_lines({version: algorithm(version)}, calibrations([version]), pairs, materialise)
        key = ["algorithm_version", F.col("author_person_id").alias("person_id"), "topic_id"]
        frames.append(materialise(lines.groupBy(*key).agg(F.max("influence_score").cast("double").alias("influence_score"))))
        seconds[version] = time.monotonic() - started
    together = frames[0]
    for frame in frames[1:]:
        together = together.unionByName(frame)
    return together, seconds


def _daily_coactions(materialise, actions: DataFrame) -> DataFrame:
    """Co-actions of each day in one job: a network on a day is a network of its own to the detection."""
    by_day = actions.withColumn("network", F.concat_ws("@", "network", F.col("snapshot_date").cast("string")))
    found = coactions(timed_interactions(by_day))
    return materialise(found.withColumn("snapshot_date", F.split("network", "@")[1].cast("date")).withColumn(
        "network", F.split("network", "@")[0]))


def _days(world: HonestWorld) -> list[date]:
    return [world.first_day + timedelta(days=step) for step in range((world.last_day - world.first_day).days + 1)]


def _last(nights) -> DataFrame:
    *_, (_, groups) = nights
    return groups
