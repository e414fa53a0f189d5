"""v5 trust-bounded: as v3, but nothing counts from one's own circle, trust is divided, the ceiling is sharper.

    e_au = c_au * b_a / g_au            c_au, b_a as in v2; g_au = members of a's coordinated group who react to u
    e_au = 0                            where u belongs to that group, or a and u to one circle
    T = sum of t_a e_au      U = sum of (1 - t_a) e_au, per network
    x = T + C tanh(U / C)               C = c0 + kappa T

t_a is the share of trust that reached a from the seeds over all posts, in two steps: who reacts to d people gives each
of them GIFTS / d, at most 1, of what they hold; DOORS such gifts are full trust. It is 0 for whom v3 does not trust.
Source: algorithms-evidence section 6 (v3), decision 0015. Lines: by kind, then four discounts.
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

MARKS = ("engager_is_trusted", "engager_is_seed", "engager_group_id")

BUDGET_KIND = "actor_budget"
COORDINATION_KIND = "coordination"
OWN_CIRCLE_KIND = "own_circle"
CAP_KIND = "untrusted_cap"

LINE = (*PAIR, "network", "kind", "credit", "last_interacted_date")
"""Columns of a credit line."""


def credits(pairs: DataFrame) -> DataFrame:
    """Lines by kind in proportion to the reactions, and a negative line for each discount.

    What belongs to a whole pair stands on the row of its first kind, and is 0 on the others.
    """
    budgeted = _net_of_budget(_with_standing(_attention(pairs), pairs), pairs)
    net = _net_of_circles(_net_of_coordination(budgeted, pairs))
    return _pair_lines(net).unionByName(_cap_lines(net)).where(F.col("credit") != 0).select(*LINE)


def _attention(pairs: DataFrame) -> DataFrame:
    """Pairs by home network and kind: own (the kind's part of c_au) and c_au of the whole pair on its first row.

    What is known about an engager is the same in all rows of a pair, and is carried as part of the key.
    """
    by_kind = pairs.groupBy(*PAIR, home_network().alias("network"), "kind", "pair_weight", "first_kind", *MARKS).agg(
        F.sum("weight").alias("weight"), F.max("last_interacted_date").alias("last_interacted_date"))
    own = F.floor(_pair_credit().cast("double") * F.col("weight") / F.col("pair_weight")).cast("bigint")
    return by_kind.withColumn("own", own).withColumn(
        "pair_credit", F.when(F.col("kind") == F.col("first_kind"), _pair_credit()).otherwise(_none()))


def _pair_credit() -> Column:
    """c_au = m / (m + 1) of the whole pair, in UNIT."""
    share = F.col("pair_weight").cast("double") / (F.col("pair_weight") + UNIT).cast("double")
    return F.floor(share * UNIT).cast("bigint")


def _none() -> Column:
    """No credit, as long as any other: an engine may otherwise declare what is decided between the two as short."""
    return F.lit(0).cast("bigint")


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
    reached = F.when(F.col("engager_is_seed"), F.lit(UNIT).cast("bigint")).otherwise(F.coalesce("reached", _none()))
    trust = F.when(F.col("engager_is_trusted"), reached).otherwise(_none())
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


def _net_of_budget(rows: DataFrame, pairs: DataFrame) -> DataFrame:
    """Who gives more than the budget in a topic gives less to each. Few do: they are found first, and joined."""
    given = pairs.groupBy(*PAIR).agg(F.max("pair_weight").alias("pair_weight")).groupBy(
        "topic_id", "engager_person_id").agg(F.sum(_pair_credit()).alias("given"))
    heavy = given.where(F.col("given") > ACTOR_BUDGET * UNIT)
    budget = F.lit(ACTOR_BUDGET * UNIT).cast("double")
    kept = F.floor(F.col("pair_credit").cast("double") * (budget / F.col("given"))).cast("bigint")
    return rows.join(heavy, on=["topic_id", "engager_person_id"], how="left").withColumn(
        "budgeted", F.when(F.col("given").isNotNull(), kept).otherwise(F.col("pair_credit")))


def _net_of_coordination(rows: DataFrame, pairs: DataFrame) -> DataFrame:
    """A group counts once: each member that reacted to the author gives the part of one among them."""
    group = ["topic_id", "author_person_id", "engager_group_id"]
    members = pairs.where(F.col("engager_group_id").isNotNull()).groupBy(*group).agg(
        F.countDistinct("engager_person_id").alias("members"))
    shared = F.floor(F.col("budgeted").cast("double") / F.col("members")).cast("bigint")
    return rows.join(members, on=group, how="left").withColumn(
        "single", F.when(F.col("members").isNotNull(), shared).otherwise(F.col("budgeted")))


def _net_of_circles(rows: DataFrame) -> DataFrame:
    """Of one's own circle or group nothing is left.

    Grain out: pair x kind, with own, the discounts of a pair, net_credit, and backed: what trust stands behind of it.
    """
    net = F.when(F.col("is_own"), _none()).otherwise(F.col("single"))
    backed = F.floor(F.col("net_credit").cast("double") * (F.col("trust") / F.lit(float(UNIT)))).cast("bigint")
    return rows.withColumn("net_credit", net).select(
        *PAIR, "network", "kind", "last_interacted_date", "own",
        (F.col("budgeted") - F.col("pair_credit")).alias(BUDGET_KIND),
        (F.col("single") - F.col("budgeted")).alias(COORDINATION_KIND),
        (F.col("net_credit") - F.col("single")).alias(OWN_CIRCLE_KIND), "net_credit", backed.alias("backed"))


def _pair_lines(net: DataFrame) -> DataFrame:
    """One line per pair for each kind and each of its discounts."""
    discounts = [BUDGET_KIND, COORDINATION_KIND, OWN_CIRCLE_KIND]
    key = [*PAIR, "network", "last_interacted_date", "kind"]
    lines = net.select(*key, "own", *discounts).unpivot(key, ["own", *discounts], "line", "credit")
    kind = F.when(F.col("line") == "own", F.col("kind")).otherwise(F.col("line"))
    return lines.withColumn("kind", kind).select(*LINE)


def _cap_lines(net: DataFrame) -> DataFrame:
    """What the ceiling cuts off per author, topic and network, by no single engager: C tanh(U / C) - U.

    tanh is written with the exponential function, which all engines round alike: (1 - q) / (1 + q), q = e^(-2 U / C).
    """
    here = net.groupBy("topic_id", "author_person_id", "network").agg(
        F.sum("backed").alias("backed"), F.sum(F.col("net_credit") - F.col("backed")).alias("untrusted"),
        F.max("last_interacted_date").alias("last_interacted_date"))
    trusted = F.sum("backed").over(Window.partitionBy("topic_id", "author_person_id"))
    ceiling = F.lit(float(FREE_UNTRUSTED * UNIT)) + trusted * F.lit(float(UNTRUSTED_PER_TRUSTED))
    rest = F.exp(F.lit(-2.0) * F.col("untrusted") / F.col("ceiling"))
    bounded = F.col("ceiling") * ((F.lit(1.0) - F.col("rest")) / (F.lit(1.0) + F.col("rest")))
    return here.withColumn("ceiling", ceiling).withColumn("rest", rest).select(
        "topic_id", "author_person_id", F.lit(None).alias("engager_person_id"), "network",
        F.lit(CAP_KIND).alias("kind"), (F.floor(bounded).cast("bigint") - F.col("untrusted")).alias("credit"),
        "last_interacted_date")


ALGORITHM = Algorithm(
    summary="trust-bounded; nothing from one's own circle, divided trust, a sharper ceiling", credits=credits)
