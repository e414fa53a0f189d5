"""v2 attention: every engager counts, more for coming back, never more than one, and heavy reactors give less each.

    m_au = sum of decayed reactions of a with u        c_au = m_au / (m_au + 1)
    b_a  = min(1, B / sum over u of c_au)              x_u  = sum over a of c_au * b_a

Source: algorithms-evidence section 6 (v2), rules A2 and A3 of Klout's published list. The discount of the budget is
a line of its own. Nulls: a pair without a known engager is no input.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.scoring.contract import PAIR, UNIT, Algorithm, home_network

ACTOR_BUDGET = 50
"""Full credits that one engager can give in a topic; binds only for people who keep up with more than 50 authors."""

BUDGET_KIND = "actor_budget"


def credits(pairs: DataFrame) -> DataFrame:
    """Lines by kind in proportion to the reactions, and a negative line where the engager's budget binds."""
    attention = _attention(pairs)
    lines = attention.select(
        *PAIR, "network", "kind",
        F.floor(F.col("pair_credit").cast("double") * F.col("weight") / F.col("pair_weight"))
        .cast("bigint").alias("credit"),
        "last_interacted_date",
    )
    return lines.unionByName(_budget_lines(attention))


def _attention(pairs: DataFrame) -> DataFrame:
    """Pairs by home network and kind with c_au of the whole pair."""
    by_kind = pairs.withColumn("home", home_network()).groupBy(*PAIR, F.col("home").alias("network"), "kind").agg(
        F.sum("weight").alias("weight"), F.max("last_interacted_date").alias("last_interacted_date")
    )
    whole = by_kind.withColumn("pair_weight", F.sum("weight").over(Window.partitionBy(*PAIR)))
    share = F.col("pair_weight").cast("double") / (F.col("pair_weight") + UNIT).cast("double")
    return whole.withColumn("pair_credit", F.floor(share * UNIT).cast("bigint"))


def _budget_lines(attention: DataFrame) -> DataFrame:
    once = attention.groupBy(*PAIR, "network").agg(
        F.max("pair_credit").alias("pair_credit"), F.max("last_interacted_date").alias("last_interacted_date")
    )
    given = F.sum("pair_credit").over(Window.partitionBy("topic_id", "engager_person_id"))
    budget = F.lit(ACTOR_BUDGET * UNIT).cast("double")
    kept = F.floor(F.col("pair_credit").cast("double") * (budget / F.col("given"))).cast("bigint")
    return once.withColumn("given", given).where(F.col("given") > ACTOR_BUDGET * UNIT).select(
        *PAIR, "network", F.lit(BUDGET_KIND).alias("kind"), (kept - F.col("pair_credit")).alias("credit"),
        "last_interacted_date",
    )


ALGORITHM = Algorithm(summary="saturating attention of distinct engagers, with a budget per engager", credits=credits)
