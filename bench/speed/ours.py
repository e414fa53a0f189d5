"""The v2 scores of a synthetic day by the functions of a night, on Sail or Spark; and the steps that took the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from bench.speed.usage import Steps
from jobs.engagement.days import (
    credited_interactions,
    engagement_day,
    resolved_interactions,
    todays_posts,
)
from jobs.engagement.state import folded_state
from jobs.identity import suppressed_accounts, without_suppressed
from jobs.scoring.people import met_pairs, with_whole_pairs
from jobs.scoring.registry import algorithm
from jobs.scoring.run import calibrations_of, version_lines
from jobs.scoring.scale import rounded_lines
from jobs.storage import Store

VERSION = "v2"


def v2_lines(spark, store: Store, pairs: DataFrame) -> DataFrame:
    """The one place that knows how the scoring stage is called: rounded lines of v2 from people's pairs."""
    materialise = partial(store.materialised, spark)
    return rounded_lines(version_lines({VERSION: algorithm(VERSION)}, calibrations_of([VERSION]), pairs, materialise))


@dataclass
class Scored:
    """A scored day: files of the new state and of the lines, and how long each step took."""

    state: list[str]
    lines: Path
    steps: Steps


def score_day(
    spark, store: Store, core: Mapping[str, Path], snapshot_date: date, earlier_state: list[str]
) -> Scored:
    """From core tables to rounded v2 lines, with the same intermediate files as a night writes.

    earlier_state: files of feature__engagement_state of the night before, none for a first night.
    """
    steps, links = Steps(), _core(spark, store, core, "core__identity_links")
    with steps.step("reactions counted"):
        counted = store.frame_of(
            spark, "feature__engagement_days", counted_day(spark, store, core, snapshot_date))
    with steps.step("state folded"):
        earlier = without_suppressed(
            store.frame_of(spark, "feature__engagement_state", earlier_state), _suppressed(spark, store, core))
        state = store.write_frame(folded_state(earlier, counted, snapshot_date), "feature__engagement_state")
    with steps.step("people's pairs"):
        folded = store.frame_of(spark, "feature__engagement_state", state)
        met = store.materialised(spark, met_pairs(folded, links, snapshot_date))
        pairs = store.materialised(spark, with_whole_pairs(met))
    with steps.step("v2 lines"):
        lines = _written(v2_lines(spark, store, pairs), store.settings.home / "v2_lines")
    return Scored(state, lines, steps)


def counted_day(spark, store: Store, core: Mapping[str, Path], snapshot_date: date) -> list[str]:
    """Write the day's counts from the core tables; the files of feature__engagement_days."""
    suppressed = store.materialised(spark, _suppressed(spark, store, core))
    posts = without_suppressed(_core(spark, store, core, "core__posts"), suppressed)
    no_posts = store.frame_of(spark, "feature__post_state", [])
    known = todays_posts(posts, _core(spark, store, core, "core__post_topics"), no_posts)
    resolved = resolved_interactions(_core(spark, store, core, "core__interactions"), known)
    credited = store.materialised(spark, credited_interactions(resolved, suppressed))
    return store.write_frame(engagement_day(credited, known, snapshot_date), "feature__engagement_days")


def _suppressed(spark, store: Store, core: Mapping[str, Path]) -> DataFrame:
    return suppressed_accounts(
        _core(spark, store, core, "core__suppressions"), _core(spark, store, core, "core__identity_links"))


def _core(spark, store: Store, core: Mapping[str, Path], table: str) -> DataFrame:
    return store.frame_of(spark, table, [str(core[table])])


def _written(lines: DataFrame, folder: Path) -> Path:
    lines.select(
        "author_person_id", "topic_id", "network", "kind", "distinct_engager_count", "last_kind_date",
        F.col("score_credit").alias("credit"), "height", "points", "influence_score",
    ).write.parquet(folder.as_uri())
    return folder
