"""From credits to points: networks combined, a frozen logarithmic scale, lines that add up to the digit.

Formulas: algorithms-evidence sections 2, 3 and 5. S = 1 + min(99, K ln(1 + X)), K = 99 / ln(1 + R).
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.decay import UNIT
from jobs.scoring.calibration import Calibration
from jobs.tables import OVERALL

NORM_EXPONENT = 3
"""p of the norm over networks: five equal networks give x1.71, not x5 (start value, evidence section 5)."""

MOST_POINTS = 99
POINT_DIGITS = 4
CEILING_KIND = "ceiling"
ALL_NETWORKS = "_all"
"""Network of a line that belongs to the whole score."""

SCORE_KEY = ["author_person_id", "topic_id"]
_PARTS_PER_POINT = 10**POINT_DIGITS


def network_lines(credits: DataFrame, calibration: Calibration) -> DataFrame:
    """Credit lines with the share of the combined credit X that each one holds.

    Grain out: author_person_id, topic_id, network, kind, with line_credit (parts of X that sum to it) and X as credit.
    """
    lines = credits.groupBy(*SCORE_KEY, "network", "kind").agg(
        F.sum("credit").alias("line"), F.countDistinct("engager_person_id").alias("distinct_engager_count"),
        F.max("last_interacted_date").alias("last_kind_date"),
    )
    network_sum = F.sum("line").over(Window.partitionBy(*SCORE_KEY, "network"))
    rated = _with_frozen(lines, "network", "rate", calibration.exchange_rates(), 1.0)
    credited = rated.withColumn("network_line", network_sum).where(F.col("network_line") > 0)
    exchanged = credited.withColumn("z", F.col("network_line") / F.lit(float(UNIT)) * F.col("rate"))
    networks = exchanged.select(*SCORE_KEY, "network", "z").distinct().groupBy(*SCORE_KEY).agg(
        F.array_sort(F.collect_list("z")).alias("all_z"))
    combined = networks.select(*SCORE_KEY, _power_sum("all_z").alias("z_power_sum"))
    credit = F.pow(F.col("z_power_sum"), F.lit(1.0 / NORM_EXPONENT))
    joined = exchanged.join(combined, on=SCORE_KEY, how="inner")
    share = F.pow(F.col("z"), F.lit(float(NORM_EXPONENT))) / F.col("z_power_sum")
    return joined.select(
        *SCORE_KEY, "network", "kind", "distinct_engager_count", "last_kind_date", credit.alias("credit"),
        (credit * share * (F.col("line") / F.col("network_line"))).alias("line_credit"),
    )


def scored_lines(lines: DataFrame, calibration: Calibration) -> DataFrame:
    """Lines in points, before rounding, with the ceiling as one more line where a score would pass 100."""
    references = {**calibration.topic_references, OVERALL: calibration.reference}
    referred = _with_frozen(lines, "topic_id", "reference", references, calibration.default_topic_reference)
    height = F.lit(float(MOST_POINTS)) / F.log1p("reference") * F.log1p("credit")
    sized = referred.withColumn("height", height).withColumn(
        "exact_points", F.col("height") * F.col("line_credit") / F.col("credit"))
    above = F.lit(float(MOST_POINTS)) - F.col("height")
    ceiling = sized.where(F.col("height") > MOST_POINTS).groupBy(*SCORE_KEY, "credit", "height").agg(
        F.max("last_kind_date").alias("last_kind_date")
    ).select(*SCORE_KEY, F.lit(ALL_NETWORKS).alias("network"), F.lit(CEILING_KIND).alias("kind"),
             F.lit(0).cast("bigint").alias("distinct_engager_count"), "last_kind_date", "credit", "height",
             above.alias("exact_points"))
    return sized.select(*ceiling.columns).unionByName(ceiling)


def rounded_lines(lines: DataFrame) -> DataFrame:
    """Lines rounded to four digits so that they still sum to the rounded score: the largest remainders are rounded up.

    Remainders are compared at six digits, so that engines that differ in the last bit choose the same lines.
    """
    parts = F.col("exact_points") * _PARTS_PER_POINT
    total = F.round(F.least(F.col("height"), F.lit(float(MOST_POINTS))) * _PARTS_PER_POINT).cast("bigint")
    whole = lines.withColumn("whole", F.floor(parts).cast("bigint")).withColumn("total", total)
    remainder = F.round(parts - F.col("whole"), 6)
    by_score = Window.partitionBy(*SCORE_KEY)
    largest_first = by_score.orderBy(F.col("remainder").desc(), F.col("network").asc(), F.col("kind").asc())
    left_over = F.col("total") - F.sum("whole").over(by_score)
    ordered = whole.withColumn("remainder", remainder).withColumn("left_over", left_over)
    placed = ordered.withColumn("place", F.row_number().over(largest_first))
    rounded = F.col("whole") + F.when(F.col("place") <= F.col("left_over"), 1).otherwise(0)
    return placed.withColumn("points", _as_points(rounded)).withColumn(
        "influence_score", _as_points(F.col("total") + _PARTS_PER_POINT))


def _as_points(parts: Column) -> Column:
    """An integer number of ten-thousandths as an exact decimal."""
    return (parts.cast("decimal(18,0)") * F.lit("0.0001").cast("decimal(5,4)")).cast("decimal(9,4)")


def _with_frozen(rows: DataFrame, key: str, name: str, values: dict[str, float], default: float) -> DataFrame:
    """Rows with a frozen number per key; keys that the file does not name take the default.

    A join, because a map of all topics would be built anew for every row.
    """
    listed = rows.sparkSession.createDataFrame(sorted(values.items()), f"{key} string, listed double")
    return rows.join(listed, on=key, how="left").withColumn(name, F.coalesce("listed", F.lit(default))).drop("listed")


def _power_sum(values: str) -> Column:
    """Sum of the p-th powers in the order of the sorted array, so that the last bit does not depend on row order."""
    return F.aggregate(values, F.lit(0.0), lambda total, z: total + F.pow(z, F.lit(float(NORM_EXPONENT))))
