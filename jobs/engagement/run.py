"""The engagement stage: reads the day and the last good state, writes the day's counts and the new state."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.concurrency import in_parallel
from jobs.engagement.coaction import coactions, coordinated_groups, folded_coactions, timed_interactions
from jobs.engagement.days import (
    credited_interactions,
    engagement_day,
    resolved_interactions,
    todays_posts,
)
from jobs.engagement.seeds import drawn_seeds
from jobs.engagement.state import folded_posts, folded_state
from jobs.engagement.trust import trusted_accounts
from jobs.identity import suppressed_accounts, without_suppressed
from jobs.ledger import Release, released_state
from jobs.storage import Store, on_day


@dataclass(frozen=True)
class Inputs:
    """The rows of the day and the states of the last release, without anybody whom a list of the day names."""

    timed: DataFrame
    credited: DataFrame
    todays_posts: DataFrame
    known_posts: DataFrame
    earlier_posts: DataFrame
    earlier_pairs: DataFrame
    earlier_coactions: DataFrame
    earlier_seeds: DataFrame


@dataclass
class TableFiles:
    """The new files of each table, which no reader sees until its day is replaced."""

    spark: SparkSession
    store: Store
    files: dict[str, list[str]] = field(default_factory=dict)

    def write(self, table: str, rows: DataFrame) -> DataFrame:
        """Write the rows of a table into new files; a frame over these files."""
        self.files[table] = self.store.write_frame(rows, table)
        return self.store.frame_of(self.spark, table, self.files[table])

    def replace_day(self, snapshot_date: date) -> None:
        """Commit the new files as the day of their tables, one table after the other."""
        for table, files in self.files.items():
            self.store.replace_day(table, snapshot_date, files)


def run(spark, store: Store, snapshot_date: date, earlier: Release | None) -> None:
    """Write the day's counts and the states of pairs, posts, accounts that act together, and trust seeds.

    earlier is the release whose state this night goes on from, as it was released; None starts from nothing.
    """
    inputs = _inputs(spark, store, snapshot_date, earlier)
    written = TableFiles(spark, store)
    state, groups, _ = in_parallel(
        lambda: _write_pairs(written, inputs, snapshot_date),
        lambda: _write_groups(written, inputs, snapshot_date),
        lambda: _write_posts(written, inputs, snapshot_date))
    seeds = written.write("feature__trust_seeds", drawn_seeds(inputs.earlier_seeds, state, groups, snapshot_date))
    written.write("feature__trusted_accounts", trusted_accounts(state, seeds, snapshot_date))
    written.replace_day(snapshot_date)


def _inputs(spark, store: Store, snapshot_date: date, earlier: Release | None) -> Inputs:
    today = partial(store.frame, spark, where=on_day(snapshot_date))
    suppressed = store.materialised(
        spark, suppressed_accounts(today("core__suppressions"), today("core__identity_links")))

    def before(table: str) -> DataFrame:
        return without_suppressed(released_state(spark, store, table, earlier), suppressed)

    interactions, earlier_posts = today("core__interactions"), before("feature__post_state")
    posts = without_suppressed(today("core__posts"), suppressed)
    fresh = todays_posts(posts, today("core__post_topics"), earlier_posts)
    known = earlier_posts.select(*fresh.columns).unionByName(fresh)
    credited = credited_interactions(resolved_interactions(interactions, known), suppressed)
    return Inputs(
        timed=without_suppressed(timed_interactions(interactions), suppressed),
        credited=store.materialised(spark, credited),
        todays_posts=fresh,
        known_posts=known,
        earlier_posts=earlier_posts,
        earlier_pairs=before("feature__engagement_state"),
        earlier_coactions=before("feature__coactions"),
        earlier_seeds=before("feature__trust_seeds"),
    )


def _write_pairs(written: TableFiles, inputs: Inputs, snapshot_date: date) -> DataFrame:
    """The state of the pairs after the day."""
    day = written.write("feature__engagement_days", engagement_day(inputs.credited, inputs.known_posts, snapshot_date))
    return written.write("feature__engagement_state", folded_state(inputs.earlier_pairs, day, snapshot_date))


def _write_groups(written: TableFiles, inputs: Inputs, snapshot_date: date) -> DataFrame:
    """The groups of accounts that acted together up to the day."""
    timed = written.store.materialised(written.spark, inputs.timed)
    acted = written.write("feature__coactions", folded_coactions(
        inputs.earlier_coactions, coactions(timed), snapshot_date))
    return written.write("feature__coordinated_groups", coordinated_groups(acted).withColumn(
        "snapshot_date", F.lit(snapshot_date)))


def _write_posts(written: TableFiles, inputs: Inputs, snapshot_date: date) -> DataFrame:
    """The posts that stay known after the day."""
    return written.write("feature__post_state", folded_posts(
        inputs.earlier_posts, inputs.todays_posts, inputs.credited, snapshot_date))
