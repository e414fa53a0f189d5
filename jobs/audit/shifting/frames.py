"""What every statistic of a night ends as: a row of audit__shift_metrics with a number in it, or none."""

import math

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

ROW = ["algorithm_version", "cohort", "metric_name", "observed"]

MILLIONTHS = 1_000_000
"""Parts in which logarithms and angles are summed: integer sums are the same in any order of the rows."""


def metric_rows(numbers: DataFrame, names: list[str], **fixed: str) -> DataFrame:
    """One row per number; fixed: columns of the key that are the same for all of them. Nulls: NaN becomes null."""
    for column, value in fixed.items():
        numbers = numbers.withColumn(column, F.lit(value))
    key = ["algorithm_version", "cohort"]
    nullable = [F.nullif(F.col(name).cast("double"), F.lit(math.nan)).alias(name) for name in names]
    return numbers.select(*key, *nullable).unpivot(key, names, "metric_name", "observed").select(*ROW)


def share(part: Column, whole: Column) -> Column:
    """Part over whole as a double; 0 where there is no whole: nobody is in a part of nobody."""
    return F.when(whole > 0, part.cast("double") / whole.cast("double")).otherwise(F.lit(0.0))


def counted(condition: Column) -> Column:
    """How many rows meet a condition."""
    return F.coalesce(F.sum(F.when(condition, F.lit(1)).otherwise(F.lit(0))), F.lit(0))


def exact_mean(value: Column, whole: Column) -> Column:
    """Mean of a small double over a count, summed in millionths; 0 over nobody."""
    parts = F.sum(F.round(value * MILLIONTHS).cast("bigint"))
    return F.coalesce(share(parts, whole) / MILLIONTHS, F.lit(0.0))
