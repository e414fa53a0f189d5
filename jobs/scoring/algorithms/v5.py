"""v5 trust-bounded: as v3, but nothing counts from one's own circle, trust is divided, the ceiling is sharper.

    e_au = c_au * b_a / g_au            c_au, b_a as in v2; g_au = members of a's coordinated group who react to u
    e_au = 0                            where u belongs to that group, or a and u to one circle
    T = sum of t_a e_au      U = sum of (1 - t_a) e_au, per network
    x = T + C tanh(U / C)               C = c0 + kappa T

t_a is the share of trust that reached a from the seeds over all posts, in two steps: who reacts to d people gives each
of them GIFTS / d, at most 1, of what they hold; DOORS such gifts are full trust. It is 0 for whom v3 does not trust.
Source: algorithms-evidence section 6 (v3), decision 0015. Lines: by kind, then three discounts, as in v3.
Nulls: the line of the ceiling has no engager; a pair without a known engager is no input.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.scoring.contract import PAIR, UNIT, Algorithm, home_network

ACTOR_BUDGET = 50
"""Full credits that one engager can give in a topic, as in v2."""

FREE_UNTRUSTED = 12
"""c0: the ceiling of an author without any trusted engager."""

UNTRUSTED_PER_TRUSTED = 7
"""kappa: by how much a full trusted engager raises the ceiling, as in v3; also the price of an attack."""

DOORS = 2
"""Full gifts of trust that make an account wholly trusted, as in v3."""

GIFTS = 10
"""People to whom one account can give trust in full; a hundred get a tenth each. Two bought accounts that name a
thousand others give them the trust of ten between them, not of a thousand."""

MUTUAL_PARTNERS = 5
"""Mutual partners in common from which two mutual engagers stand in one circle, so such circles have seven members or
more. Only partners count who have more than this many themselves. What it costs honest communities: decision 0015."""

PARTNERS = 35
"""Partners in common from which a pair stands in one circle, whoever of each two reacted: circles of 37 members or
more. A ring in which nobody answers has no mutual pair; honest people who share so many are few (decision 0015)."""

EVERYWHERE = "_overall"
"""The topic of all posts together: who knows whom is asked there, whatever the topic."""

BUDGET_KIND = "actor_budget"
COORDINATION_KIND = "coordination"
CAP_KIND = "untrusted_cap"


def credits(pairs: DataFrame) -> DataFrame:
    """Lines by kind in proportion to the reactions, and negative lines for budget, coordination and ceiling.

    One pass: what belongs to a pair, or to an author and network, stands on its first row and is 0 on the others.
    """
    parts = _with_ceiling(_net_of_coordination(_net_of_budget(_with_standing(_attention(pairs), pairs))))
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
        F.max("engager_is_trusted").alias("engager_is_trusted"), F.max("engager_is_seed").alias("engager_is_seed"),
        F.min("engager_group_id").alias("engager_group_id"),
    )
    share = F.col("pair_weight").cast("double") / (F.col("pair_weight") + UNIT).cast("double")
    credit = F.floor(share * UNIT).cast("bigint")
    own = F.floor(credit.cast("double") * F.col("weight") / F.col("pair_weight")).cast("bigint")
    return by_kind.withColumn("own", own).withColumn("is_first", F.col("kind") == F.col("first_kind")).withColumn(
        "pair_credit", F.when(F.col("is_first"), credit).otherwise(0))


def _with_standing(rows: DataFrame, pairs: DataFrame) -> DataFrame:
    """Add trust (t_a, in UNIT) and is_own (engager and author are of one circle or one coordinated group)."""
    known = pairs.where(F.col("topic_id") == EVERYWHERE).groupBy("engager_person_id", "author_person_id").agg(
        F.max("engager_is_seed").alias("engager_is_seed"))
    groups = pairs.where(F.col("engager_group_id").isNotNull()).select(
        F.col("engager_person_id").alias("author_person_id"), F.col("engager_group_id").alias("author_group_id")
    ).distinct()
    joined = rows.join(_trust(known), on="engager_person_id", how="left").join(
        groups, on="author_person_id", how="left").join(
        _circles(known), on=["author_person_id", "engager_person_id"], how="left")
    is_own = F.col("in_circle").isNotNull() | F.coalesce(
        F.col("author_group_id") == F.col("engager_group_id"), F.lit(False))
    reached = F.when(F.col("engager_is_seed"), F.lit(UNIT)).otherwise(F.coalesce("reached", F.lit(0)))
    trust = F.when(F.col("engager_is_trusted"), reached).otherwise(0).cast("bigint")
    return joined.withColumn("trust", trust).withColumn("is_own", is_own)


def _trust(known: DataFrame) -> DataFrame:
    """How much trust reached each person from the seeds in two steps; grain: engager_person_id, reached in UNIT."""
    by_engager = Window.partitionBy("engager_person_id")
    gift = F.least(F.lit(1.0), F.lit(float(GIFTS)) / F.count("*").over(by_engager)) / F.lit(float(DOORS))
    edges = known.withColumn("gift", gift)
    first = _received(edges.where("engager_is_seed"), F.lit(float(UNIT)))
    held = F.when(F.col("engager_is_seed"), F.lit(float(UNIT))).otherwise(F.col("reached").cast("double"))
    return _received(edges.join(first, on="engager_person_id", how="left").withColumn("held", held), F.col("held"))


def _received(edges: DataFrame, held: Column) -> DataFrame:
    """What the engagers of each person hand on, at most full trust; nothing from those who hold none."""
    handed = F.floor(F.col("gift") * held).cast("bigint")
    return edges.groupBy(F.col("author_person_id").alias("engager_person_id")).agg(
        F.least(F.lit(UNIT).cast("bigint"), F.coalesce(F.sum(handed), F.lit(0))).alias("reached"))


def _circles(known: DataFrame) -> DataFrame:
    """Pairs with enough partners in common, in both directions, with in_circle: mutual ones, or many of any kind."""
    partners = known.groupBy(
        F.least("author_person_id", "engager_person_id").alias("one_id"),
        F.greatest("author_person_id", "engager_person_id").alias("two_id"),
    ).agg(F.count("*").alias("directions"))
    mutual = _close(partners.where(F.col("directions") == 2), MUTUAL_PARTNERS)
    close = mutual.unionByName(_close(partners, PARTNERS)).distinct()
    return _both_ways(close).select(
        F.col("from_id").alias("author_person_id"), F.col("to_id").alias("engager_person_id"),
        F.lit(True).alias("in_circle"))


def _close(partners: DataFrame, fewest: int) -> DataFrame:
    """Pairs of partners with at least so many partners in common; grain: one_id, two_id.

    Each triangle is found once, from its end with the fewest partners, so the work is at most edges^1.5, whatever hubs
    there are. Who has too few partners to stand in any circle is left out before.
    """
    edges = _from_fewest(partners, fewest)
    other, third = (edges.select("one_id", F.col("two_id").alias(name)) for name in ("other_id", "third_id"))
    closing = edges.select(F.col("one_id").alias("other_id"), F.col("two_id").alias("third_id"))
    triangles = other.join(third, on="one_id", how="inner").join(closing, on=["other_id", "third_id"], how="inner")
    corners = triangles.select(F.array_sort(F.array("one_id", "other_id", "third_id")).alias("corners"))
    sides = corners.select("corners", _numbers(3).alias("opposite")).select(
        F.when(F.col("opposite") == 0, F.col("corners")[1]).otherwise(F.col("corners")[0]).alias("one_id"),
        F.when(F.col("opposite") == 2, F.col("corners")[1]).otherwise(F.col("corners")[2]).alias("two_id"))
    common = sides.groupBy("one_id", "two_id").agg(F.count("*").alias("common"))
    return common.where(F.col("common") >= fewest).select("one_id", "two_id")


def _from_fewest(partners: DataFrame, fewest: int) -> DataFrame:
    """Pairs of which each end has more than so many partners; one_id is the end with fewer, or the first by name."""
    ends = _both_ways(partners).withColumn("partners", F.count("*").over(Window.partitionBy("from_id"))).where(
        F.col("partners") > fewest)
    is_low = F.col("from_id") < F.col("to_id")
    edges = ends.groupBy(
        F.least("from_id", "to_id").alias("low_id"), F.greatest("from_id", "to_id").alias("high_id")
    ).agg(
        F.count("*").alias("ends"), F.max(F.when(is_low, F.col("partners"))).alias("low_partners"),
        F.max(F.when(~is_low, F.col("partners"))).alias("high_partners")).where(F.col("ends") == 2)
    low_first = F.col("low_partners") <= F.col("high_partners")
    return edges.select(F.when(low_first, F.col("low_id")).otherwise(F.col("high_id")).alias("one_id"),
                        F.when(low_first, F.col("high_id")).otherwise(F.col("low_id")).alias("two_id"))


def _both_ways(edges: DataFrame) -> DataFrame:
    """Edges in both directions: from_id, to_id. Exploded, because a union would compute them twice."""
    turned = edges.select("one_id", "two_id", _numbers(2).alias("turn"))
    is_turned = F.col("turn") == 1
    return turned.select(F.when(is_turned, F.col("two_id")).otherwise(F.col("one_id")).alias("from_id"),
                         F.when(is_turned, F.col("one_id")).otherwise(F.col("two_id")).alias("to_id"))


def _numbers(count: int) -> Column:
    return F.explode(F.array(*[F.lit(number) for number in range(count)]))


def _net_of_budget(attention: DataFrame) -> DataFrame:
    given = F.sum("pair_credit").over(Window.partitionBy("topic_id", "engager_person_id"))
    budget = F.lit(ACTOR_BUDGET * UNIT).cast("double")
    kept = F.floor(F.col("pair_credit").cast("double") * (budget / F.col("given"))).cast("bigint")
    budgeted = F.when(F.col("given") > ACTOR_BUDGET * UNIT, kept).otherwise(F.col("pair_credit"))
    return attention.withColumn("given", given).withColumn("budgeted", budgeted).withColumn(
        BUDGET_KIND, F.col("budgeted") - F.col("pair_credit"))


def _net_of_coordination(rows: DataFrame) -> DataFrame:
    """A group counts once, one's own circle or group not at all.

    Adds net_credit, and backed: the part of it that trust stands behind.
    """
    members = F.sum(F.col("is_first").cast("bigint")).over(
        Window.partitionBy("topic_id", "author_person_id", "engager_group_id"))
    shared = F.floor(F.col("budgeted").cast("double") / F.col("members")).cast("bigint")
    once = F.when(F.col("engager_group_id").isNotNull(), shared).otherwise(F.col("budgeted"))
    net = F.when(F.col("is_own"), 0).otherwise(once)
    backed = F.floor(F.col("net_credit").cast("double") * (F.col("trust") / F.lit(float(UNIT)))).cast("bigint")
    return rows.withColumn("members", members).withColumn("net_credit", net).withColumn("backed", backed).withColumn(
        COORDINATION_KIND, F.col("net_credit") - F.col("budgeted"))


def _with_ceiling(net: DataFrame) -> DataFrame:
    """What the ceiling cuts off per author, topic and network, on the first row of each: C tanh(U / C) - U.

    tanh is written with the exponential function, which all engines round alike: (1 - q) / (1 + q), q = e^(-2 U / C).
    """
    everywhere = Window.partitionBy("topic_id", "author_person_id")
    here = Window.partitionBy("topic_id", "author_person_id", "network")
    untrusted = F.sum(F.col("net_credit") - F.col("backed")).over(here)
    ceiling = F.lit(float(FREE_UNTRUSTED * UNIT)) + F.col("trusted") * F.lit(float(UNTRUSTED_PER_TRUSTED))
    rest = F.exp(F.lit(-2.0) * F.col("untrusted") / F.col("ceiling"))
    bounded = F.col("ceiling") * ((F.lit(1.0) - F.col("rest")) / (F.lit(1.0) + F.col("rest")))
    newest = here.orderBy(F.col("last_interacted_date").desc(), "engager_person_id", "kind")
    holds_cap = F.row_number().over(newest) == 1
    return net.withColumn("trusted", F.sum("backed").over(everywhere)).withColumn("untrusted", untrusted).withColumn(
        "ceiling", ceiling).withColumn("rest", rest).withColumn(
        CAP_KIND, F.when(holds_cap, F.floor(bounded).cast("bigint") - F.col("untrusted")).otherwise(0))


ALGORITHM = Algorithm(
    summary="trust-bounded; nothing from one's own circle, divided trust, a sharper ceiling", credits=credits)
