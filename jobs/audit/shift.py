"""How a scored night differs from the last release: a few numbers that the gate judges, paired by person first.

Why paired: a uniform drop of five points hardly moves a distribution distance (gate-evidence section 1.2).
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.ledger import Release
from jobs.lifecycle import scored_versions
from jobs.storage import Store, on_day
from jobs.tables import TABLES

EVERYBODY = "all"
MOVES = {"moved_5_share": 5, "moved_10_share": 10}
"""Statistic and the move in points that it counts."""


def run(spark, store: Store, snapshot_date: date, earlier: Release | None) -> None:
    """Write audit__shift_metrics for a night; a store without an earlier release has nothing to compare with."""
    files = []
    if earlier is not None:
        versions = scored_versions(store, snapshot_date)
        released = store.frame(spark, "pub__scores", on_day(earlier.snapshot_date)).where(
            F.col("algorithm_version").isin(versions))
        scored = store.frame(spark, "staged__scores", on_day(snapshot_date))
        files = store.write_frame(shift_metrics(scored, released, snapshot_date), "audit__shift_metrics")
    store.replace_day("audit__shift_metrics", snapshot_date, files)


def shift_metrics(scored: DataFrame, released: DataFrame, snapshot_date: date) -> DataFrame:
    """Mean move, shares of large moves and coverage per version, in one pass.

    Grain out: audit__shift_metrics. Nulls: observed is null when nobody is scored in both nights, and then blocks.
    """
    key = ["person_id", "topic_id", "algorithm_version"]
    before = released.select(*key, F.col("influence_score").alias("before"))
    both = scored.select(*key, F.col("influence_score").alias("after")).join(before, on=key, how="full")
    delta = F.col("after") - F.col("before")
    numbers = both.groupBy("algorithm_version").agg(
        F.avg(delta).cast("double").alias("mean_delta"),
        *[_share_moving(delta, points).alias(name) for name, points in MOVES.items()],
        F.try_divide(F.count("after"), F.count("before")).cast("double").alias("coverage_ratio"),
    )
    names = ["mean_delta", *MOVES, "coverage_ratio"]
    rows = numbers.unpivot(["algorithm_version"], names, "metric_name", "observed")
    return rows.withColumn("snapshot_date", F.lit(snapshot_date)).withColumn("cohort", F.lit(EVERYBODY)).select(
        *TABLES["audit__shift_metrics"].column_names)


def _share_moving(delta: Column, points: int) -> Column:
    moved = F.sum(F.when(F.abs(delta) >= points, 1).otherwise(0))
    return F.try_divide(moved, F.count(delta)).cast("double")
