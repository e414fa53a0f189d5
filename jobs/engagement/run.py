"""The engagement stage: reads the day and the last good state, writes the day's counts and the new state."""

from datetime import date

from jobs.engagement.days import (
    credited_interactions,
    engagement_day,
    resolved_interactions,
    suppressed_accounts,
    todays_posts,
    without_suppressed,
)
from jobs.engagement.state import folded_posts, folded_state
from jobs.ledger import Release, released_state
from jobs.storage import Store, on_day


def run(spark, store: Store, snapshot_date: date, earlier: Release | None) -> dict[str, int]:
    """Write feature__engagement_days, feature__engagement_state and feature__post_state for one day.

    earlier is the release whose state this night goes on from, as it was released; None starts from nothing.
    """
    today = on_day(snapshot_date)
    links = store.frame(spark, "core__identity_links", today)
    suppressed = suppressed_accounts(store.frame(spark, "core__suppressions", today), links)
    earlier_posts = without_suppressed(released_state(spark, store, "feature__post_state", earlier), suppressed)
    earlier_pairs = without_suppressed(released_state(spark, store, "feature__engagement_state", earlier), suppressed)
    posts = without_suppressed(store.frame(spark, "core__posts", today), suppressed)
    fresh = todays_posts(posts, store.frame(spark, "core__post_topics", today), earlier_posts)
    known = earlier_posts.select(*fresh.columns).unionByName(fresh)
    resolved = resolved_interactions(store.frame(spark, "core__interactions", today), known)
    credited = store.materialised(spark, credited_interactions(resolved, suppressed))

    written = {"feature__engagement_days": store.write_frame(engagement_day(credited, known, snapshot_date),
                                                             "feature__engagement_days")}
    day = store.frame_of(spark, "feature__engagement_days", written["feature__engagement_days"])
    written["feature__engagement_state"] = store.write_frame(
        folded_state(earlier_pairs, day, snapshot_date), "feature__engagement_state")
    written["feature__post_state"] = store.write_frame(
        folded_posts(earlier_posts, fresh, credited, snapshot_date), "feature__post_state")
    for table, files in written.items():
        store.replace_day(table, snapshot_date, files)
    return {table: len(files) for table, files in written.items()}
