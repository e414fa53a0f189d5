"""v4 learned: several ways to count attention, weighed by what came after, never negatively.

    S = 1 + 99 * sum over j of beta_j ln(1 + X_j) / (ln(1 + R) * sum of beta_j),   beta_j >= 0

X_j are reach (v1), attention (v2), attention by reshares and by replies alone, and attention of trusted engagers (v3).
The betas are fitted once by `candor train` (non-negative Bradley-Terry) and frozen as term_factors of the calibration;
each term is a line of its own, so its terms are its contributions. Source: algorithms-evidence sections 6 (v4) and 10.
Nulls: a pair without a known engager is no input.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.scoring.contract import PAIR, UNIT, Algorithm, home_network

TERMS = ("reach", "attention", "reshared", "answered", "trusted")
"""The parts, in the order of the evidence; a term is also the kind of its lines."""

RESHARES = ("reshare", "quote")
ANSWERS = ("reply", "endorsement")


def credits(pairs: DataFrame) -> DataFrame:
    """One line per pair and term."""
    whole = _whole_pairs(pairs)
    parts = {
        "reach": F.col("touch"),
        "attention": _saturated("weight"),
        "reshared": _saturated("reshare_weight"),
        "answered": _saturated("answer_weight"),
        "trusted": F.when(F.col("engager_is_trusted"), _saturated("weight")).otherwise(0),
    }
    named = whole.select(*PAIR, "network", "last_interacted_date", *[parts[name].alias(name) for name in TERMS])
    lines = named.unpivot([*PAIR, "network", "last_interacted_date"], list(TERMS), "term", "credit")
    return lines.where(F.col("credit") > 0).select(
        *PAIR, "network", F.col("term").alias("kind"), "credit", "last_interacted_date", "term")


def _whole_pairs(pairs: DataFrame) -> DataFrame:
    """One row per pair on its home network, with the weights that the terms are made of."""
    return pairs.groupBy(*PAIR, home_network().alias("network")).agg(
        F.max("touch").alias("touch"), F.sum("weight").alias("weight"),
        _sum_of_kinds(RESHARES).alias("reshare_weight"), _sum_of_kinds(ANSWERS).alias("answer_weight"),
        F.max("engager_is_trusted").alias("engager_is_trusted"),
        F.max("last_interacted_date").alias("last_interacted_date"),
    )


def _sum_of_kinds(kinds: tuple[str, ...]) -> Column:
    return F.sum(F.when(F.col("kind").isin(*kinds), F.col("weight")).otherwise(F.lit(0).cast("bigint")))


def _saturated(weight: str) -> Column:
    """Saturated attention m / (m + 1), in UNIT."""
    share = F.col(weight).cast("double") / (F.col(weight) + UNIT).cast("double")
    return F.floor(share * UNIT).cast("bigint")


ALGORITHM = Algorithm(
    summary="a learned, non-negative weighing of five ways to count attention", credits=credits, terms=TERMS)
