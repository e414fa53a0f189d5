"""Who reacted to whom, about what: one day of reactions as integer counts. Pure functions of frames."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.identity import without_suppressed
from jobs.tables import OVERALL, TABLES

POST_KEY = ["network", "post_id"]
FOLLOW = "follow"
PAIR_KEY = ["network", "topic_id", "engager_account_id", "author_account_id", "kind"]


def todays_posts(posts: DataFrame, post_topics: DataFrame, earlier: DataFrame) -> DataFrame:
    """Posts of the day with their topics, without those that an earlier delivery brought already.

    Grain out: post x topic; topic_id is null for a post without topics.
    """
    known = earlier.select(*POST_KEY).distinct()
    fresh = posts.join(known, on=POST_KEY, how="left_anti")
    topics = post_topics.select(*POST_KEY, "topic_id", "matched_term", "match_source")
    return fresh.join(topics, on=POST_KEY, how="left").select(
        *POST_KEY, "topic_id", "author_account_id", "parent_post_id",
        F.to_date("posted_at").alias("posted_date"), "matched_term", "match_source",
    )


def resolved_interactions(interactions: DataFrame, known_posts: DataFrame) -> DataFrame:
    """Reactions with the author of their post, and accepted answers with the asker as engager.

    Grain: reaction, none dropped. Nulls: author_account_id stays null when the post is unknown or its author hidden.
    """
    authors = known_posts.groupBy(*POST_KEY).agg(
        F.max("author_account_id").alias("post_author"), F.max("parent_post_id").alias("post_parent")
    )
    askers = authors.select("network", F.col("post_id").alias("post_parent"), F.col("post_author").alias("asker"))
    known = authors.join(askers, on=["network", "post_parent"], how="left")
    joined = interactions.join(known, on=POST_KEY, how="left")
    is_accepted = (F.col("kind") == "endorsement") & F.col("engager_account_id").isNull()
    return joined.select(
        "network", "interaction_id", "kind", "post_id", "interaction_count",
        F.when(is_accepted, F.col("asker")).otherwise(F.col("engager_account_id")).alias("engager_account_id"),
        F.coalesce("author_account_id", "post_author").alias("author_account_id"),
        F.when(F.col("post_author").isNull(), F.coalesce("source_post_id", "post_id"))
        .otherwise(F.col("post_id")).alias("topic_post_id"),
    )


def credited_interactions(resolved: DataFrame, suppressed: DataFrame) -> DataFrame:
    """Reactions that may count: the author is known, is not the engager, and neither is on a list.

    Followers are no input (S41): a follow is kept in core__interactions and credits nobody.
    """
    known = resolved.where(F.col("author_account_id").isNotNull() & (F.col("kind") != FOLLOW))
    between_two = known.where(~F.col("author_account_id").eqNullSafe(F.col("engager_account_id")))
    return without_suppressed(between_two, suppressed)


def engagement_day(credited: DataFrame, known_posts: DataFrame, snapshot_date: date) -> DataFrame:
    """Reactions of one day counted per pair, topic and kind, and once more for the roll-up `_overall`.

    Grain out: feature__engagement_days. A reaction to a post of several topics counts in each of them.
    """
    topics = known_posts.where(F.col("topic_id").isNotNull()).select(
        "network", F.col("post_id").alias("topic_post_id"), "topic_id"
    )
    topical = credited.join(topics, on=["network", "topic_post_id"], how="inner")
    rolled_up = credited.withColumn("topic_id", F.lit(OVERALL))
    columns = [*PAIR_KEY, "interaction_count"]
    counted = topical.select(*columns).unionByName(rolled_up.select(*columns)).groupBy(*PAIR_KEY).agg(
        F.sum("interaction_count").alias("interaction_count")
    )
    return counted.withColumn("snapshot_date", F.lit(snapshot_date)).select(
        *TABLES["feature__engagement_days"].column_names
    )
