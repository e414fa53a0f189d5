"""v3 trust-bounded: attention as in v2, but credit that no trusted person stands behind has a ceiling.

    e_au = c_au * b_a / g_au      c_au, b_a as in v2; g_au = members of a's coordinated group who react to u
    T = sum of e_au over trusted a      U = sum over the others, per network
    x = T + C (1 - e^(-U/C))            C = c0 + kappa T

Trusted is whom two seeds reacted to, or two such people: jobs/engagement/trust.py; it comes with the pairs, as
coordinated groups do. Source: algorithms-evidence section 6 (v3) and section 12. Lines: by kind, then three discounts.
Nulls: the line of the ceiling has no engager; a pair without a known engager is no input.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.scoring.contract import PAIR, UNIT, Algorithm, home_network

ACTOR_BUDGET = 50
"""Full credits that one engager can give in a topic, as in v2."""

FREE_UNTRUSTED = 20
"""c0: credit that an author without any trusted engager can reach (start value, evidence section 1)."""

UNTRUSTED_PER_TRUSTED = 7
"""kappa: by how much a full trusted engager raises the ceiling; also the price of an attack. The largest whole number
with which 1,000 untrusted engagers give a median author at most a point more than 100 do (decision 0009)."""

BUDGET_KIND = "actor_budget"
COORDINATION_KIND = "coordination"
CAP_KIND = "untrusted_cap"


def credits(pairs: DataFrame) -> DataFrame:
    """Lines by kind in proportion to the reactions, and negative lines for budget, coordination and ceiling.

    One pass: what belongs to a pair, or to an author and network, stands on its first row and is 0 on the others.
    """
    net = _net_of_coordination(_net_of_budget(_attention(pairs)))
    parts = _with_ceiling(net)
    key = [*PAIR, "network", "last_interacted_date"]
    lines = parts.select(*key, "kind", "own", BUDGET_KIND, COORDINATION_KIND, CAP_KIND).unpivot(
        [*key, "kind"], ["own", BUDGET_KIND, COORDINATION_KIND, CAP_KIND], "line", "credit")
    engager = F.when(F.col("line") != CAP_KIND, F.col("engager_person_id"))
    return lines.where(F.col("credit") != 0).select(
        "topic_id", "author_person_id", engager.alias("engager_person_id"), "network",
        F.when(F.col("line") == "own", F.col("kind")).otherwise(F.col("line")).alias("kind"), "credit",
        "last_interacted_date")


def _attention(pairs: DataFrame) -> DataFrame:
    """Pairs by home network and kind: own (the kind's part of c_au) and c_au of the whole pair on its first row."""
    by_kind = pairs.groupBy(*PAIR, home_network().alias("network"), "kind", "pair_weight", "first_kind").agg(
        F.sum("weight").alias("weight"), F.max("last_interacted_date").alias("last_interacted_date"),
        F.max("engager_is_trusted").alias("engager_is_trusted"), F.min("engager_group_id").alias("engager_group_id"),
    )
    share = F.col("pair_weight").cast("double") / (F.col("pair_weight") + UNIT).cast("double")
    credit = F.floor(share * UNIT).cast("bigint")
    own = F.floor(credit.cast("double") * F.col("weight") / F.col("pair_weight")).cast("bigint")
    return by_kind.withColumn("own", own).withColumn("is_first", F.col("kind") == F.col("first_kind")).withColumn(
        "pair_credit", F.when(F.col("is_first"), credit).otherwise(0))


def _net_of_budget(attention: DataFrame) -> DataFrame:
    given = F.sum("pair_credit").over(Window.partitionBy("topic_id", "engager_person_id"))
    budget = F.lit(ACTOR_BUDGET * UNIT).cast("double")
    kept = F.floor(F.col("pair_credit").cast("double") * (budget / F.col("given"))).cast("bigint")
    budgeted = F.when(F.col("given") > ACTOR_BUDGET * UNIT, kept).otherwise(F.col("pair_credit"))
    return attention.withColumn("given", given).withColumn("budgeted", budgeted).withColumn(
        BUDGET_KIND, F.col("budgeted") - F.col("pair_credit"))


def _net_of_coordination(rows: DataFrame) -> DataFrame:
    """A group counts once: each member that reacted to the author gives the part of one among them."""
    members = F.sum(F.col("is_first").cast("bigint")).over(
        Window.partitionBy("topic_id", "author_person_id", "engager_group_id"))
    shared = F.floor(F.col("budgeted").cast("double") / F.col("members")).cast("bigint")
    net = F.when(F.col("engager_group_id").isNotNull(), shared).otherwise(F.col("budgeted"))
    return rows.withColumn("members", members).withColumn("net_credit", net).withColumn(
        COORDINATION_KIND, F.col("net_credit") - F.col("budgeted"))


def _with_ceiling(net: DataFrame) -> DataFrame:
    """What the ceiling cuts off per author, topic and network, on the first row of each: C (1 - e^(-U/C)) - U."""
    everywhere = Window.partitionBy("topic_id", "author_person_id")
    here = Window.partitionBy("topic_id", "author_person_id", "network")
    trusted = F.sum(F.when(F.col("engager_is_trusted"), F.col("net_credit")).otherwise(0)).over(everywhere)
    untrusted = F.sum(F.when(F.col("engager_is_trusted"), 0).otherwise(F.col("net_credit"))).over(here)
    ceiling = F.lit(float(FREE_UNTRUSTED * UNIT)) + F.col("trusted") * F.lit(float(UNTRUSTED_PER_TRUSTED))
    bounded = F.col("ceiling") * (F.lit(1.0) - F.exp(-F.col("untrusted") / F.col("ceiling")))
    newest = here.orderBy(F.col("last_interacted_date").desc(), "engager_person_id", "kind")
    holds_cap = F.row_number().over(newest) == 1
    return net.withColumn("trusted", trusted).withColumn("untrusted", untrusted).withColumn(
        "ceiling", ceiling
    ).withColumn(CAP_KIND, F.when(holds_cap, F.floor(bounded).cast("bigint") - F.col("untrusted")).otherwise(0))


ALGORITHM = Algorithm(
    summary="attention; coordinated groups count once; credit without trusted engagers has a ceiling", credits=credits)
