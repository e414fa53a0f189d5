"""From accounts to people: declared links, and what each version may know about a pair."""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.decay import UNIT, decayed
from jobs.identity import with_person
from jobs.scoring.contract import PAIR
from jobs.tables import OVERALL

WHOLE_PAIR = ("home_network", "pair_weight", "first_kind")


def people_pairs(state: DataFrame, links: DataFrame, snapshot_date: date) -> DataFrame:
    """Pairs of people as the versions see them; grain and columns: the contract's, without marks."""
    return with_whole_pairs(met_pairs(state, links, snapshot_date))


def met_pairs(state: DataFrame, links: DataFrame, snapshot_date: date) -> DataFrame:
    """Who reacted to whom, aged to the day; a person never engages with themself.

    Grain out: topic_id, author_person_id, engager_person_id, network, kind. Linked accounts are one person (S60).
    """
    aged = F.datediff(F.lit(snapshot_date), "last_interacted_date")
    pairs = with_person(with_person(state, links, "author"), links, "engager")
    return pairs.where(F.col("author_person_id") != F.col("engager_person_id")).groupBy(*PAIR, "network", "kind").agg(
        F.sum(decayed(F.col("decayed_weight"), aged)).alias("weight"),
        F.max(decayed(F.lit(UNIT), aged)).alias("touch"),
        F.min("first_interacted_date").alias("first_interacted_date"),
        F.max("last_interacted_date").alias("last_interacted_date"),
    )


def with_whole_pairs(pairs: DataFrame) -> DataFrame:
    """Add what all versions ask of a whole pair: home_network, pair_weight and first_kind; what is there is replaced.

    The pairs are read twice: compute them before, where they are many. Grouped and joined once for all versions: a
    window would sort every pair again in each version. The first meeting is compared as text, date before network: the
    smallest of structures takes the embedded engine eight times as long.
    """
    met = F.concat(F.col("first_interacted_date").cast("string"), F.col("network"))
    whole = pairs.groupBy(*PAIR).agg(
        F.min(met).alias("first_met"), F.sum("weight").alias("pair_weight"), F.min("kind").alias("first_kind"))
    home = F.expr(f"substring(first_met, {len('2030-01-01') + 1})").alias("home_network")
    return pairs.drop(*WHOLE_PAIR).join(
        whole.select(*PAIR, home, "pair_weight", "first_kind"), on=list(PAIR), how="inner")


def with_marks(
    pairs: DataFrame, trusted: DataFrame, seeds: DataFrame, groups: DataFrame, links: DataFrame
) -> DataFrame:
    """Add what is known about each engager: engager_is_trusted, engager_is_seed and engager_group_id, null in no group.

    trusted, seeds, groups: feature__trusted_accounts, feature__trust_seeds and feature__coordinated_groups of one
    night; a person is trusted, serves as a seed, or is in a group, with any account that does. In a topic that trusted
    lists, it decides; elsewhere trust over all posts does.
    """
    people = _people(trusted, links).select("topic_id", "engager_person_id").distinct()
    in_topic = people.where(F.col("topic_id") != OVERALL).withColumn("in_topic", F.lit(True))
    serving = _people(seeds.where(F.col("expires_date") > F.col("snapshot_date")), links).select(
        "engager_person_id", F.lit(True).alias("serves")).distinct()
    anywhere = people.where(F.col("topic_id") == OVERALL).select(
        "engager_person_id", F.lit(True).alias("anywhere")).join(serving, on="engager_person_id", how="left")
    listed = trusted.where(F.col("topic_id") != OVERALL).select("topic_id", F.lit(True).alias("is_listed")).distinct()
    members = _people(groups, links).groupBy("engager_person_id").agg(F.min(
        F.concat("network", F.lit(":"), "group_id")).alias("engager_group_id"))
    marked = pairs.join(in_topic, on=["topic_id", "engager_person_id"], how="left").join(
        anywhere, on="engager_person_id", how="left").join(listed, on="topic_id", how="left").join(
        members, on="engager_person_id", how="left")
    is_trusted = F.when(F.col("is_listed"), F.col("in_topic")).otherwise(F.col("anywhere"))
    return marked.withColumn("engager_is_trusted", F.coalesce(is_trusted, F.lit(False))).withColumn(
        "engager_is_seed", F.coalesce("serves", F.lit(False))).drop("in_topic", "anywhere", "is_listed", "serves")


def _people(accounts: DataFrame, links: DataFrame) -> DataFrame:
    return with_person(accounts.withColumnRenamed("account_id", "engager_account_id"), links, "engager")


def people_evidence(pairs_state: DataFrame, posts: DataFrame, links: DataFrame, snapshot_date: date) -> DataFrame:
    """How much stands behind each person and topic: people, posts, days, and reactions nobody is named for.

    Grain out: author_person_id x topic_id, only for people who wrote a known post (S57).
    """
    pairs = with_person(with_person(pairs_state, links, "author"), links, "engager")
    is_other = F.col("engager_person_id") != F.col("author_person_id")
    people = pairs.where(is_other | F.col("engager_person_id").isNull()).groupBy("author_person_id", "topic_id").agg(
        F.countDistinct("engager_person_id").alias("distinct_engager_count"),
        F.bit_count(F.bit_or(F.when(is_other, F.col("active_days_bits")).otherwise(F.lit(0)))).cast("bigint")
        .alias("active_day_count"),
        F.sum(F.when(F.col("engager_person_id").isNull(),
                     _whole_reactions(snapshot_date)).otherwise(F.lit(0))).cast("bigint")
        .alias("anonymous_reaction_count"),
    )
    reacted = people_posts(posts, links).groupBy("author_person_id", "topic_id").agg(
        F.sum(F.when(F.col("decayed_weight") > 0, 1).otherwise(0)).cast("bigint").alias("reacted_post_count")
    )
    return people.join(reacted, on=["author_person_id", "topic_id"], how="inner")


def people_posts(posts: DataFrame, links: DataFrame) -> DataFrame:
    """Known posts by person and topic, each once more for the roll-up; grain: person x topic x post."""
    own = with_person(posts.where(F.col("author_account_id").isNotNull()), links, "author")
    columns = ["author_person_id", "topic_id", "network", "post_id", "decayed_weight", "interaction_count",
               "last_interacted_date", "matched_term", "match_source"]
    topical = own.where(F.col("topic_id").isNotNull()).select(*columns)
    once = own.groupBy("author_person_id", "network", "post_id", "decayed_weight", "interaction_count",
                       "last_interacted_date").agg(
        F.min("matched_term").alias("matched_term"), F.min_by("match_source", "matched_term").alias("match_source")
    )
    return topical.unionByName(once.withColumn("topic_id", F.lit(OVERALL)).select(*columns))


def _whole_reactions(snapshot_date: date) -> Column:
    aged = F.datediff(F.lit(snapshot_date), "last_interacted_date")
    return F.round(decayed(F.col("decayed_weight"), aged) / UNIT).cast("bigint")
