"""Trust seeds: a published list of accounts that serve for a while, drawn by a rule that anybody can follow.

The rule (docs/algorithms/v3.md): each network has SEATS seats. A free seat goes to an account that many different
people reacted to on many days, that serving seeds react to once there are any, and that acts in no coordinated group;
among the POOL best known of these a random draw decides, by the sha256 of the account and the day. A seed serves
between 60 and 119 days, so that the seats do not fall free together, and stays out for as long as it stays on the list.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.tables import OVERALL, TABLES

SEATS = 30
"""Seeds of a network: a tenth may be lost and the others still reach nearly everybody."""

POOL = 4 * SEATS
"""The random draw is among so many: large enough that nobody can aim at a seat."""

FEWEST_ENGAGERS = 10
FEWEST_ACTIVE_DAYS = 7
"""What an account needs behind it to be drawn: known, and known for longer than a campaign of a few days."""

KNOWN_TO_SEEDS = 2
"""Serving seeds that must have reacted to a new one: a bought seat cannot fill the others alone."""

SHORTEST_TERM, TERM_SPREAD = 60, 60
"""Days; a term is the shortest and less than a spread more, 60 to 119 days, by random draw."""

REST_DAYS = 90
"""Days that a seed stays on the list after its term, and cannot be drawn again."""

ACCOUNT = ["network", "account_id"]


def drawn_seeds(earlier: DataFrame, state: DataFrame, groups: DataFrame, snapshot_date: date) -> DataFrame:
    """The seed list of a night: those who still serve or rest, and new ones on the free seats.

    state: the night's pairs; groups: its coordinated groups. Grain: feature__trust_seeds.
    """
    today = F.lit(snapshot_date)
    kept = earlier.where(F.datediff(today, "expires_date") < REST_DAYS).select(*ACCOUNT, "drawn_date", "expires_date")
    serving = kept.where(F.col("expires_date") > today).select(*ACCOUNT)
    taken = serving.groupBy("network").agg(F.count("*").alias("taken"))
    candidates = known_accounts(state, serving, taken).join(kept, on=ACCOUNT, how="left_anti").join(
        groups, on=ACCOUNT, how="left_anti")
    best = Window.partitionBy("network").orderBy(F.col("engagers").desc(), F.col("account_id").asc())
    draw = F.sha2(F.concat_ws("|", F.lit(str(snapshot_date)), "network", "account_id"), 256)
    best_known = candidates.withColumn("place", F.row_number().over(best)).where(F.col("place") <= POOL)
    by_draw = Window.partitionBy("network").orderBy("draw")
    drawn = best_known.withColumn("draw", draw).withColumn("seat", F.row_number().over(by_draw)).where(
        F.col("seat") <= F.lit(SEATS) - F.col("taken")
    ).select(*ACCOUNT, today.alias("drawn_date"), F.date_add(today, _term_of_draw()).alias("expires_date"))
    return kept.unionByName(drawn).withColumn("snapshot_date", today).select(
        *TABLES["feature__trust_seeds"].column_names)


def known_accounts(state: DataFrame, serving: DataFrame, taken: DataFrame) -> DataFrame:
    """Accounts that may be drawn: account, engagers, and how many seats of its network are taken."""
    pairs = state.where((F.col("topic_id") == OVERALL) & F.col("engager_account_id").isNotNull())
    seeds = serving.select("network", F.col("account_id").alias("engager_account_id"), F.lit(1).alias("is_seed"))
    behind = pairs.join(seeds, on=["network", "engager_account_id"], how="left").groupBy(
        "network", F.col("author_account_id").alias("account_id")
    ).agg(
        F.countDistinct("engager_account_id").alias("engagers"),
        F.countDistinct(F.when(F.col("is_seed") == 1, F.col("engager_account_id"))).alias("seeds_behind"),
        F.bit_count(F.bit_or("active_days_bits")).alias("active_days"),
    )
    seated = behind.join(taken, on="network", how="left").withColumn("taken", F.coalesce("taken", F.lit(0)))
    is_known = (F.col("taken") == 0) | (F.col("seeds_behind") >= KNOWN_TO_SEEDS)
    is_old = F.col("active_days") >= FEWEST_ACTIVE_DAYS
    return seated.where(is_known & is_old & (F.col("engagers") >= FEWEST_ENGAGERS))


def _term_of_draw() -> Column:
    """Days of the term, from the last four hexadecimal digits of the draw."""
    number = F.conv(F.substring("draw", -4, 4), 16, 10).cast("int")
    return (F.lit(SHORTEST_TERM) + number % TERM_SPREAD).cast("int")
