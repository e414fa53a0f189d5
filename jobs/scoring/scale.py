"""From credits to points: networks combined, a frozen logarithmic scale, lines that add up to the digit.

Formulas: algorithms-evidence sections 2, 3 and 5. S = 1 + min(99, K ln(1 + X)), K = 99 / ln(1 + R); a version with
several terms adds up factor_j K ln(1 + X_j). Every frame carries all versions of the night, by their name.
"""

from collections.abc import Callable, Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.decay import UNIT
from jobs.rounding import PARTS_PER_POINT, as_points, with_rounded_parts
from jobs.scoring.calibration import Calibration
from jobs.scoring.contract import Algorithm
from jobs.tables import OVERALL

NORM_EXPONENT = 3
"""p of the norm over networks: five equal networks give x1.71, not x5 (start value, evidence section 5)."""

MOST_POINTS = 99
CEILING_KIND = "ceiling"
ALL_NETWORKS = "_all"
"""Network of a line that belongs to the whole score."""

ONE_TERM = "credit"
"""Term of the versions whose credits are all combined together."""

SCORE_KEY = ["algorithm_version", "author_person_id", "topic_id"]
TERM_KEY = [*SCORE_KEY, "term"]
LINE_KEY = [*TERM_KEY, "network", "kind"]


def summed_lines(
    versions: Mapping[str, Algorithm], pairs: DataFrame, materialise: Callable[[DataFrame], DataFrame]
) -> DataFrame:
    """The credits of every version added up over engagers; grain: LINE_KEY, with line (integer credit in UNIT).

    materialise computes what a version's plan holds several times, where the engine would compute it for each use.
    """
    own = [_version_lines(name, version, _with_repeats_once(version.credits(pairs), materialise))
           for name, version in versions.items()]
    return reduce(DataFrame.unionByName, own)


def _version_lines(name: str, version: Algorithm, credits: DataFrame) -> DataFrame:
    """Each version by itself: name and term, the same for all rows, would cost a large day 11 s as keys of a group."""
    own_key = ["author_person_id", "topic_id", *(["term"] if version.terms else []), "network", "kind"]
    summed = credits.groupBy(*own_key).agg(
        F.sum("credit").alias("line"), F.count("engager_person_id").alias("distinct_engager_count"),
        F.max("last_interacted_date").alias("last_kind_date"),
    )
    termed = summed if version.terms else summed.withColumn("term", F.lit(ONE_TERM))
    return termed.withColumn("algorithm_version", F.lit(name)).select(
        *LINE_KEY, "line", "distinct_engager_count", "last_kind_date")


def _with_repeats_once(credits: DataFrame, materialise: Callable[[DataFrame], DataFrame]) -> DataFrame:
    if not hasattr(credits, "_plan"):
        return credits
    from jobs.scoring.repeats import with_repeats_once  # takes a second to load, and Spark finds repeats by itself

    return with_repeats_once(credits, materialise)


def network_lines(lines: DataFrame, calibrations: Mapping[str, Calibration]) -> DataFrame:
    """Summed lines with the share of the combined credit X of their term that each one holds.

    Grain out: LINE_KEY, with line_credit (parts of X that sum to it) and X as credit beside the line.
    """
    whole = lines.groupBy(*TERM_KEY, "network").agg(F.sum("line").alias("network_line")).where(
        F.col("network_line") > 0)
    rates = {version: calibration.exchange_rates() for version, calibration in calibrations.items()}
    rated = _with_frozen(whole, "network", "rate", rates, dict.fromkeys(calibrations, 1.0))
    networks = rated.withColumn("z", F.col("network_line") / F.lit(float(UNIT)) * F.col("rate"))
    combined = networks.groupBy(*TERM_KEY).agg(F.array_sort(F.collect_list("z")).alias("all_z")).select(
        *TERM_KEY, _power_sum("all_z").alias("z_power_sum"))
    credit = F.pow(F.col("z_power_sum"), F.lit(1.0 / NORM_EXPONENT))
    share = F.pow(F.col("z"), F.lit(float(NORM_EXPONENT))) / F.col("z_power_sum")
    shared = networks.join(combined, on=TERM_KEY, how="inner").select(
        *TERM_KEY, "network", "network_line", credit.alias("credit"), (credit * share).alias("network_credit"))
    return lines.join(shared, on=[*TERM_KEY, "network"], how="inner").select(
        *LINE_KEY, "line", "distinct_engager_count", "last_kind_date", "credit",
        (F.col("network_credit") * (F.col("line") / F.col("network_line"))).alias("line_credit"),
    )


def scored_lines(lines: DataFrame, calibrations: Mapping[str, Calibration]) -> DataFrame:
    """Lines in points, before rounding, with the ceiling as one more line where a score would pass 100.

    Heights are worked out per term, of which there are few, and joined to the lines once.
    """
    terms = _terms(lines, calibrations)
    heights = _heights(terms)
    sized = terms.drop("reference", "last_kind_date").join(heights.drop("last_kind_date"), on=SCORE_KEY, how="inner")
    own = lines.drop("credit").join(sized, on=TERM_KEY, how="inner").withColumn(
        "exact_points", F.col("term_height") * F.col("line_credit") / F.col("credit"))
    columns = [*LINE_KEY, "line", "line_credit", "credit", "term_height", "distinct_engager_count", "last_kind_date",
               "height", "score_credit", "exact_points"]
    return with_scores(own.select(*columns).unionByName(_ceilings(heights).select(*columns)))


def with_scores(lines: DataFrame) -> DataFrame:
    """Add the score that a height gives, and its points above 1 as whole parts."""
    total = F.round(F.least(F.col("height"), F.lit(float(MOST_POINTS))) * PARTS_PER_POINT).cast("bigint")
    return lines.withColumn("total_parts", total).withColumn(
        "influence_score", as_points(F.col("total_parts") + PARTS_PER_POINT))


def rounded_lines(lines: DataFrame) -> DataFrame:
    """Add points: exact_points rounded to four digits so that they still sum to the rounded score."""
    return with_rounded_parts(lines, F.col("total_parts"), by=SCORE_KEY, tie_breakers=["network", "kind"])


def _terms(lines: DataFrame, calibrations: Mapping[str, Calibration]) -> DataFrame:
    """Each term with its credit, its topic's reference and its height; grain: TERM_KEY."""
    terms = lines.groupBy(*TERM_KEY).agg(
        F.max("credit").alias("credit"), F.max("last_kind_date").alias("last_kind_date"))
    referred = _with_frozen(
        terms, "topic_id", "reference",
        {version: {**c.topic_references, OVERALL: c.reference} for version, c in calibrations.items()},
        {version: c.default_topic_reference for version, c in calibrations.items()})
    factors = {version: calibration.term_factors for version, calibration in calibrations.items()}
    weighed = _with_frozen(referred, "term", "factor", factors, dict.fromkeys(calibrations, 1.0))
    return weighed.withColumn("term_height", _slope() * F.log1p("credit") * F.col("factor")).drop("factor")


def _heights(terms: DataFrame) -> DataFrame:
    """Height of each score, its terms added in a fixed order, and the one credit that would reach it."""
    sums = terms.groupBy(*SCORE_KEY).agg(
        F.array_sort(F.collect_list("term_height")).alias("term_heights"), F.max("credit").alias("largest_credit"),
        F.max("reference").alias("reference"), F.max("last_kind_date").alias("last_kind_date"))
    height = F.aggregate("term_heights", F.lit(0.0), lambda total, term: total + term)
    equivalent = F.expm1(height / _slope())
    return sums.select(
        *SCORE_KEY, "last_kind_date", height.alias("height"),
        F.when(F.size("term_heights") == 1, F.col("largest_credit")).otherwise(equivalent).alias("score_credit"))


def _slope() -> Column:
    """K of the scale: points per unit of ln(1 + X)."""
    return F.lit(float(MOST_POINTS)) / F.log1p("reference")


def _ceilings(heights: DataFrame) -> DataFrame:
    return heights.where(F.col("height") > MOST_POINTS).select(
        *SCORE_KEY, F.lit(CEILING_KIND).alias("term"), F.lit(ALL_NETWORKS).alias("network"),
        F.lit(CEILING_KIND).alias("kind"), F.lit(0).cast("bigint").alias("line"), F.lit(0.0).alias("line_credit"),
        F.lit(0.0).alias("credit"), F.lit(0.0).alias("term_height"),
        F.lit(0).cast("bigint").alias("distinct_engager_count"), "last_kind_date", "height", "score_credit",
        (F.lit(float(MOST_POINTS)) - F.col("height")).alias("exact_points"))


def _with_frozen(
    rows: DataFrame, key: str, name: str, values: Mapping[str, Mapping[str, float]], defaults: Mapping[str, float]
) -> DataFrame:
    """Rows with a frozen number per version and key; keys that a file does not name take the version's default.

    A join, because a map of all topics would be built again for every row.
    """
    numbers = [(version, word, number) for version, own in values.items() for word, number in sorted(own.items())]
    listed = rows.sparkSession.createDataFrame(numbers, f"algorithm_version string, {key} string, listed double")
    otherwise = F.lit(None).cast("double")
    for version, default in defaults.items():
        otherwise = F.when(F.col("algorithm_version") == version, F.lit(float(default))).otherwise(otherwise)
    return rows.join(listed, on=["algorithm_version", key], how="left").withColumn(
        name, F.coalesce("listed", otherwise)).drop("listed")


def _power_sum(values: str) -> Column:
    """Sum of the p-th powers in the order of the sorted array, so that the last bit does not depend on row order."""
    return F.aggregate(values, F.lit(0.0), lambda total, z: total + F.pow(z, F.lit(float(NORM_EXPONENT))))
