"""The topics stage: the day's posts, and what they inherit from posts known before, become post topics."""

from datetime import date

from jobs.ledger import Release, released_state
from jobs.storage import Store, on_day
from jobs.topics.assign import post_topics
from jobs.topics.lexicon import load_lexicon


def run(spark, store: Store, snapshot_date: date, earlier: Release | None) -> int:
    """Write core__post_topics for one day; the number of files written."""
    posts = store.frame(spark, "core__posts", on_day(snapshot_date))
    known = released_state(spark, store, "feature__post_state", earlier)
    files = store.write_frame(post_topics(posts, known, load_lexicon()), "core__post_topics")
    store.replace_day("core__post_topics", snapshot_date, files)
    return len(files)
