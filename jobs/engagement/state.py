"""The state of all live pairs and posts, folded one day at a time, or at once from all days: the same bits."""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.decay import LIVE_WEIGHT, UNIT, decayed
from jobs.engagement.days import PAIR_KEY, POST_KEY
from jobs.tables import TABLES

ACTIVE_DAYS_KEPT = 63
"""Days remembered in active_days_bits: what fits a signed 64-bit integer."""

POST_LIVE_DAYS = 90
"""Days that a post without reactions stays known, so that late reactions find their author."""


def folded_state(earlier: DataFrame, day: DataFrame, snapshot_date: date) -> DataFrame:
    """The pair state of a day from the state before it and the reactions of the day.

    Grain: feature__engagement_state. A pair that fell below LIVE_WEIGHT is dropped, and starts from 0 when it returns.
    """
    today = F.lit(snapshot_date)
    before = earlier.select(
        *PAIR_KEY, "decayed_weight", "first_interacted_date", "last_interacted_date",
        _aged_bits(F.col("active_days_bits"), F.datediff(today, "snapshot_date")).alias("active_days_bits"),
        F.lit(0).cast("bigint").alias("interaction_count"),
    )
    fresh = day.select(
        *PAIR_KEY, F.lit(0).cast("bigint").alias("decayed_weight"), today.alias("first_interacted_date"),
        F.lit(None).cast("date").alias("last_interacted_date"), F.lit(1).cast("bigint").alias("active_days_bits"),
        "interaction_count",
    )
    merged = before.unionByName(fresh).groupBy(*PAIR_KEY).agg(
        F.max("decayed_weight").alias("decayed_weight"),
        F.min("first_interacted_date").alias("first_interacted_date"),
        F.max("last_interacted_date").alias("last_interacted_date"),
        F.sum("active_days_bits").alias("active_days_bits"),
        F.sum("interaction_count").alias("interaction_count"),
    )
    return _state_rows(_touched(merged, today), snapshot_date)


def state_at_once(days: DataFrame, snapshot_date: date) -> DataFrame:
    """The pair state of a day from all days of reactions up to it: equals folding them one by one, to the bit."""
    today = F.lit(snapshot_date)
    touches = days.groupBy(*PAIR_KEY).agg(
        F.array_sort(F.collect_list(F.struct("snapshot_date", "interaction_count"))).alias("touches"),
        F.sum(_bit_of_day(F.datediff(today, "snapshot_date"))).alias("active_days_bits"),
    )
    start = F.struct(
        F.lit(0).cast("bigint").alias("decayed_weight"),
        F.col("touches")[0]["snapshot_date"].alias("first_interacted_date"),
        F.col("touches")[0]["snapshot_date"].alias("last_interacted_date"),
    )
    folded = touches.withColumn("state", F.aggregate("touches", start, _fold_touch)).select(
        *PAIR_KEY, "state.decayed_weight", "state.first_interacted_date", "state.last_interacted_date",
        "active_days_bits",
    )
    return _state_rows(folded, snapshot_date)


def folded_posts(earlier: DataFrame, fresh: DataFrame, credited: DataFrame, snapshot_date: date) -> DataFrame:
    """The state of known posts: author, topics, and how many people reacted, decayed.

    Grain: feature__post_state. The weight counts distinct known engagers a day; the count counts every reaction.
    A post is forgotten POST_LIVE_DAYS after it was written unless its reactions are still live.
    """
    today = F.lit(snapshot_date)
    reactions = credited.where(F.col("kind") != "mention").groupBy(*POST_KEY).agg(
        F.countDistinct("engager_account_id").alias("engagers"), F.sum("interaction_count").alias("reactions")
    )
    unreacted = fresh.select(
        "*", F.lit(0).cast("bigint").alias("decayed_weight"), F.lit(0).cast("bigint").alias("interaction_count"),
        F.lit(None).cast("date").alias("last_interacted_date"),
    )
    known = earlier.drop("snapshot_date").unionByName(unreacted).join(reactions, on=POST_KEY, how="left")
    is_touched = F.coalesce(F.col("engagers"), F.lit(0)) > 0
    updated = known.select(
        *POST_KEY, "topic_id", "author_account_id", "parent_post_id", "posted_date", "matched_term", "match_source",
        F.when(is_touched, _live_weight(today) + F.col("engagers") * UNIT)
        .otherwise(F.col("decayed_weight")).alias("decayed_weight"),
        (F.col("interaction_count") + F.coalesce("reactions", F.lit(0))).alias("interaction_count"),
        F.when(is_touched, today).otherwise(F.col("last_interacted_date")).alias("last_interacted_date"),
    )
    is_recent = F.datediff(today, "posted_date") <= POST_LIVE_DAYS
    return updated.where(is_recent | (_weight_now(today) >= LIVE_WEIGHT)).withColumn("snapshot_date", today).select(
        *TABLES["feature__post_state"].column_names
    )


def _touched(merged: DataFrame, today: Column) -> DataFrame:
    """The fold itself: age what was there, forget it when it is no longer live, add the day's count."""
    is_touched = F.col("interaction_count") > 0
    is_live = _weight_now(today) >= LIVE_WEIGHT
    return merged.select(
        *PAIR_KEY,
        F.when(is_touched, _live_weight(today) + F.col("interaction_count") * UNIT)
        .otherwise(F.col("decayed_weight")).alias("decayed_weight"),
        F.when(is_touched & ~is_live, today).otherwise(F.col("first_interacted_date")).alias("first_interacted_date"),
        F.when(is_touched, today).otherwise(F.col("last_interacted_date")).alias("last_interacted_date"),
        "active_days_bits",
    )


def _fold_touch(state: Column, touch: Column) -> Column:
    aged = decayed(state["decayed_weight"], F.datediff(touch["snapshot_date"], state["last_interacted_date"]))
    is_live = aged >= LIVE_WEIGHT
    return F.struct(
        (F.when(is_live, aged).otherwise(F.lit(0)) + touch["interaction_count"] * UNIT).alias("decayed_weight"),
        F.when(is_live, state["first_interacted_date"]).otherwise(touch["snapshot_date"])
        .alias("first_interacted_date"),
        touch["snapshot_date"].alias("last_interacted_date"),
    )


def _state_rows(rows: DataFrame, snapshot_date: date) -> DataFrame:
    today = F.lit(snapshot_date)
    return rows.where(_weight_now(today) >= LIVE_WEIGHT).withColumn("snapshot_date", today).select(
        *TABLES["feature__engagement_state"].column_names
    )


def _weight_now(today: Column) -> Column:
    age = F.datediff(today, F.coalesce("last_interacted_date", today))
    return decayed(F.col("decayed_weight"), age)


def _live_weight(today: Column) -> Column:
    weight = _weight_now(today)
    return F.when(weight >= LIVE_WEIGHT, weight).otherwise(F.lit(0).cast("bigint"))


def _bit_of_day(age_days: Column) -> Column:
    return _aged_bits(F.lit(1).cast("bigint"), age_days)


def _aged_bits(bits: Column, days: Column) -> Column:
    """Bits moved by some days; a day that leaves the window is cut before the move, so nothing reaches the sign."""
    kept = F.call_function("shiftright", F.lit((1 << ACTIVE_DAYS_KEPT) - 1).cast("bigint"), days)
    moved = F.call_function("shiftleft", bits.bitwiseAND(kept), days)
    return F.when(days < ACTIVE_DAYS_KEPT, moved).otherwise(F.lit(0).cast("bigint"))
