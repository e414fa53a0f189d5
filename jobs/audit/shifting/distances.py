"""How far two nights' scores lie apart as wholes: PSI and W1, after the paired statistics, which see more."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.audit.shifting.frames import counted, metric_rows
from jobs.tables import EVERYBODY

POINTS_A_BIN = 10
"""Points: ten bins over the scale, as the usual PSI rule has it (gate-evidence section 4)."""

PSEUDO_COUNT = 0.5
"""People added to each bin: an empty bin is no infinite distance."""

BY_VERSION = ["algorithm_version"]


def distance_metrics(scored: DataFrame, earlier: dict[int, DataFrame]) -> DataFrame:
    """PSI and W1 (in points) of a night's scores against those of earlier nights, by how many nights ago.

    Nulls: observed is null for a version that either night did not score.
    """
    nights = {0: scored, **earlier}
    bins = _bins(_points(nights), list(earlier))
    shares = bins.select("*", *[_filled(back).alias(f"share_{back}") for back in nights])
    distances = {f"w1_{back}": F.sum(f"area_{back}") for back in earlier}
    distances |= {f"psi_{back}": _psi(back) for back in earlier}
    numbers = shares.groupBy(*BY_VERSION).agg(*[value.alias(name) for name, value in distances.items()])
    return metric_rows(numbers, list(distances), cohort=EVERYBODY)


def _points(nights: dict[int, DataFrame]) -> DataFrame:
    """How many scores of each night lie in each whole point, and the share of the night up to there."""
    rows = None
    for back, scores in nights.items():
        points = scores.where(F.col("influence_score").isNotNull()).select(
            *BY_VERSION, F.floor("influence_score").cast("bigint").alias("point"), F.lit(back).alias("back"))
        rows = points if rows is None else rows.unionByName(points)
    points = rows.groupBy(*BY_VERSION, "point").agg(
        *[counted(F.col("back") == back).alias(f"people_{back}") for back in nights])
    rising = Window.partitionBy(*BY_VERSION).orderBy("point")
    so_far = rising.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    width = F.coalesce(F.lead("point").over(rising) - F.col("point"), F.lit(0))
    return points.select("*", width.alias("width"), *[
        (F.sum(f"people_{back}").over(so_far).cast("double") / _whole(f"people_{back}")).alias(f"up_to_{back}")
        for back in nights])


def _bins(points: DataFrame, backs: list[int]) -> DataFrame:
    """The points put into bins, with the area between the cumulative shares above each."""
    bin_of_point = F.floor((F.col("point") - 1) / POINTS_A_BIN).alias("bin")
    areas = [F.sum(F.abs(F.col("up_to_0") - F.col(f"up_to_{back}")) * F.col("width")).alias(f"area_{back}")
             for back in backs]
    people = [F.sum(f"people_{back}").alias(f"people_{back}") for back in (0, *backs)]
    return points.groupBy(*BY_VERSION, bin_of_point).agg(*people, *areas)


def _filled(back: int) -> Column:
    """The share of a night in each bin, none of them empty."""
    window = Window.partitionBy(*BY_VERSION)
    whole = _whole(f"people_{back}") + PSEUDO_COUNT * F.count("*").over(window)
    return (F.col(f"people_{back}") + PSEUDO_COUNT) / whole


def _whole(people: str) -> Column:
    """How many a night scored; null for none."""
    return F.nullif(F.sum(people).over(Window.partitionBy(*BY_VERSION)).cast("double"), F.lit(0.0))


def _psi(back: int) -> Column:
    now, earlier = F.col("share_0"), F.col(f"share_{back}")
    return F.sum((now - earlier) * F.log(now / earlier))
