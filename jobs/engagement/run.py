"""The engagement stage: reads the day and the last good state, writes the day's counts and the new state."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

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
from jobs.together import together


def run(spark, store: Store, snapshot_date: date, earlier: Release | None) -> dict[str, int]:
    """Write the day's counts and the states of pairs, posts, accounts that act together, and trust seeds.

    earlier is the release whose state this night goes on from, as it was released; None starts from nothing.
    """
    today = on_day(snapshot_date)
    links = store.frame(spark, "core__identity_links", today)
    suppressed = store.materialised(
        spark, suppressed_accounts(store.frame(spark, "core__suppressions", today), links))

    def before(table: str) -> DataFrame:
        return without_suppressed(released_state(spark, store, table, earlier), suppressed)

    earlier_posts = before("feature__post_state")
    interactions = store.frame(spark, "core__interactions", today)
    timed = without_suppressed(timed_interactions(interactions), suppressed)
    posts = without_suppressed(store.frame(spark, "core__posts", today), suppressed)
    fresh = todays_posts(posts, store.frame(spark, "core__post_topics", today), earlier_posts)
    known = earlier_posts.select(*fresh.columns).unionByName(fresh)
    credited = store.materialised(spark, credited_interactions(resolved_interactions(interactions, known), suppressed))

    written: dict[str, list[str]] = {}

    def write(table: str, rows: DataFrame) -> DataFrame:
        written[table] = store.write_frame(rows, table)
        return store.frame_of(spark, table, written[table])

    earlier_pairs, earlier_coactions = before("feature__engagement_state"), before("feature__coactions")

    def fold_pairs() -> DataFrame:
        day = write("feature__engagement_days", engagement_day(credited, known, snapshot_date))
        return write("feature__engagement_state", folded_state(earlier_pairs, day, snapshot_date))

    def fold_groups() -> DataFrame:
        acted = write("feature__coactions", folded_coactions(
            earlier_coactions, coactions(store.materialised(spark, timed)), snapshot_date))
        return write("feature__coordinated_groups", coordinated_groups(acted).withColumn(
            "snapshot_date", F.lit(snapshot_date)))

    def fold_posts() -> DataFrame:
        return write("feature__post_state", folded_posts(earlier_posts, fresh, credited, snapshot_date))

    state, groups, _ = together(fold_pairs, fold_groups, fold_posts)
    seeds = write("feature__trust_seeds", drawn_seeds(before("feature__trust_seeds"), state, groups, snapshot_date))
    write("feature__trusted_accounts", trusted_accounts(state, seeds, snapshot_date))
    for table, files in written.items():
        store.replace_day(table, snapshot_date, files)
    return {table: len(files) for table, files in written.items()}
