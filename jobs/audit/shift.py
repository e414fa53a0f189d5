"""How a scored night differs from the nights before it: the statistics that the gate judges, in one pass.

Inputs come first in the table's story and outputs last, so that a verdict can say where a move began.
"""

from datetime import date, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.audit.shifting.distances import distance_metrics
from jobs.audit.shifting.inputs import days_read, input_metrics
from jobs.audit.shifting.outputs import output_metrics, paired
from jobs.ledger import Release, newest_release
from jobs.lifecycle import scored_versions
from jobs.storage import Store, on_day
from jobs.tables import TABLES

FAR_NIGHTS = 28
"""Nights back of the second distance: a creep that no single night shows (gate-evidence section 2, L3)."""


def run(spark, store: Store, snapshot_date: date, earlier: Release | None) -> None:
    """Write audit__shift_metrics for a night; a store without an earlier release has inputs only."""
    rows = _inputs(spark, store, snapshot_date)
    if earlier is not None:
        rows = rows.unionByName(_outputs(spark, store, snapshot_date, earlier))
    files = store.write_frame(of_the_night(rows, snapshot_date).coalesce(1), "audit__shift_metrics")
    store.replace_day("audit__shift_metrics", snapshot_date, files)


def of_the_night(rows: DataFrame, snapshot_date: date) -> DataFrame:
    """Statistics as rows of audit__shift_metrics."""
    return rows.withColumn("snapshot_date", F.lit(snapshot_date)).select(*TABLES["audit__shift_metrics"].column_names)


def shift_metrics(scored: DataFrame, earlier: dict[int, DataFrame], networks: tuple[str, ...]) -> DataFrame:
    """Every statistic of a scored night; earlier: released scores by how many nights ago, 1 is the last release."""
    return output_metrics(paired(scored, earlier[1]), networks).unionByName(distance_metrics(scored, earlier))


def _inputs(spark, store: Store, snapshot_date: date) -> DataFrame:
    days = ", ".join(f"'{day.isoformat()}'" for day in days_read(snapshot_date))
    reactions = store.frame(spark, "core__interactions", on_day(snapshot_date))
    engagement = store.frame(spark, "feature__engagement_days", f"snapshot_date IN ({days})")
    return input_metrics(reactions, engagement, snapshot_date)


def _outputs(spark, store: Store, snapshot_date: date, earlier: Release) -> DataFrame:
    far = newest_release(store, before=snapshot_date - timedelta(days=FAR_NIGHTS - 1))
    releases = {1: earlier} | ({FAR_NIGHTS: far} if far else {})
    versions = scored_versions(store, snapshot_date)
    released = {back: _released(spark, store, release, versions) for back, release in releases.items()}
    scored = store.frame(spark, "staged__scores", on_day(snapshot_date))
    return shift_metrics(scored, released, store.settings.networks)


def _released(spark, store: Store, release: Release, versions: list[str]) -> DataFrame:
    scores = store.frame(spark, "pub__scores", on_day(release.snapshot_date))
    return scores.where(F.col("algorithm_version").isin(versions))
