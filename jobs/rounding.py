"""Points to four digits, so that rounded parts still add up to their rounded whole."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

POINT_DIGITS = 4
PARTS_PER_POINT = 10**POINT_DIGITS

REMAINDER_DIGITS = 6
"""Remainders are compared at six digits, so that engines that differ in the last bit round the same lines up."""


def with_rounded_parts(lines: DataFrame, total_parts: Column, by: list[str], tie_breakers: list[str]) -> DataFrame:
    """Add points, exact_points rounded so that they sum to total_parts per key: the largest remainders go up.

    total_parts is a whole number of ten-thousandths that differs from the sum of the lines by less than one.
    """
    parts = F.col("exact_points") * PARTS_PER_POINT
    whole = lines.withColumn("whole", F.floor(parts).cast("bigint")).withColumn("total_parts", total_parts)
    largest_first = Window.partitionBy(*by).orderBy(
        F.col("remainder").desc(), *[F.col(name).asc() for name in tie_breakers])
    within = largest_first.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)  # one sort serves both
    ordered = whole.withColumn("remainder", F.round(parts - F.col("whole"), REMAINDER_DIGITS)).withColumn(
        "left_over", F.col("total_parts") - F.sum("whole").over(within))
    placed = ordered.withColumn("place", F.row_number().over(largest_first))
    rounded = F.col("whole") + F.when(F.col("place") <= F.col("left_over"), 1).otherwise(0)
    return placed.withColumn("points", as_points(rounded)).drop("whole", "remainder", "left_over", "place")


def as_points(parts: Column) -> Column:
    """An integer number of ten-thousandths as an exact decimal."""
    return (parts.cast("decimal(18,0)") * F.lit("0.0001").cast("decimal(5,4)")).cast("decimal(9,4)")
