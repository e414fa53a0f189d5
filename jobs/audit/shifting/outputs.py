"""What came out: how far each person moved since the last release, and who changed places with whom (L3).

Why paired: a uniform drop of five points hardly moves a distribution distance (gate-evidence section 1.2).
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.audit.shifting.frames import counted, metric_rows, share
from jobs.tables import EVERYBODY, OVERALL

KEY = ["person_id", "topic_id", "algorithm_version"]

MOVES = {"moved_5_share": 5, "moved_10_share": 10, "moved_20_share": 20}
"""Statistic and the move in points that it counts."""

TOP, TOP_OVERLAP = 200, "top_200_overlap"
FEWEST_IN_TOPIC = 500
"""Scores of the last release: a mean over fewer people is noise, so smaller topics are pooled (gate-evidence 4)."""

SMALL_TOPICS, LINKED = "topic:_small", "network:_linked"

SMALLEST_LOSS = 1e-6
"""Added to 1 - rho before the logarithm: a night in which nobody changes places is not infinitely calm."""

DELTAS = ["median_delta", "p01_delta", "p99_delta", "iqr_delta", *MOVES, "coverage_ratio", TOP_OVERLAP]
RANKS = ["rank_loss"]


def paired(scored: DataFrame, released: DataFrame) -> DataFrame:
    """Each person, topic and version of either night with both scores and places.

    Nulls: before, after and the ranks are null where there was no score; delta where either is missing.
    """
    before = released.select(*KEY, F.col("influence_score").alias("before"), F.col("rank").alias("rank_before"))
    after = scored.select(*KEY, F.col("influence_score").alias("after"), F.col("rank").alias("rank_after"))
    both = after.join(before, on=KEY, how="full")
    return both.withColumn("delta", (F.col("after") - F.col("before")).cast("decimal(9,4)"))


def output_metrics(both: DataFrame, networks: Sequence[str]) -> DataFrame:
    """Rows of output statistics per version; mean_delta also per topic and per network.

    Nulls: observed is null when nobody of a cohort is scored in both nights, and then blocks.
    """
    people = both.where(F.col("topic_id") == OVERALL)
    frames = [
        metric_rows(_cohort_means(both, networks), ["mean_delta"]),
        metric_rows(_deltas(both), DELTAS, cohort=EVERYBODY),
        metric_rows(_rank_loss(people), RANKS, cohort=EVERYBODY),
    ]
    return frames[0].unionByName(frames[1]).unionByName(frames[2])


def _deltas(both: DataFrame) -> DataFrame:
    delta, paired_count = F.col("delta").cast("double"), F.count("delta")
    quantiles = F.percentile(delta, [0.01, 0.25, 0.5, 0.75, 0.99])
    numbers = both.groupBy("algorithm_version").agg(
        quantiles.alias("q"),
        *[F.when(paired_count > 0, share(counted(F.abs("delta") >= points), paired_count)).alias(name)
          for name, points in MOVES.items()],
        F.try_divide(F.count("after"), F.count("before")).cast("double").alias("coverage_ratio"),
        _places_kept().alias(TOP_OVERLAP),
    )
    named = {"p01_delta": F.get("q", F.lit(0)), "median_delta": F.get("q", F.lit(2)), "p99_delta": F.get("q", F.lit(4)),
             "iqr_delta": F.get("q", F.lit(3)) - F.get("q", F.lit(1))}
    return numbers.select("*", *[value.alias(name) for name, value in named.items()]).drop("q")


def _cohort_means(both: DataFrame, networks: Sequence[str]) -> DataFrame:
    """Mean moves of everybody, of each topic and of each network, from one sum per topic and network."""
    prefix = F.split_part("person_id", F.lit(":"), F.lit(1))
    network = F.when(prefix.isin(list(networks)), F.concat(F.lit("network:"), prefix)).otherwise(F.lit(LINKED))
    cells = both.withColumn("network", network).groupBy("algorithm_version", "topic_id", "network").agg(
        F.sum("delta").alias("moved"), F.count("delta").alias("people"), F.count("before").alias("known"))
    size = F.sum("known").over(Window.partitionBy("algorithm_version", "topic_id"))
    topic = F.when(size >= FEWEST_IN_TOPIC, F.concat(F.lit("topic:"), "topic_id")).otherwise(F.lit(SMALL_TOPICS))
    cohorts = F.array(F.lit(EVERYBODY), topic, F.col("network"))
    cohort_cells = cells.select("algorithm_version", "moved", "people", "known", cohorts.alias("cohorts")).select(
        "algorithm_version", "moved", "people", "known", F.explode("cohorts").alias("cohort"))
    sums = cohort_cells.groupBy("algorithm_version", "cohort").agg(
        F.sum("moved").alias("moved"), F.sum("people").alias("people"), F.sum("known").alias("known"))
    mean = F.when(F.col("people") > 0, F.col("moved").cast("double") / F.col("people"))
    return sums.where((F.col("known") > 0) | (F.col("cohort") == EVERYBODY)).select(
        "algorithm_version", "cohort", mean.alias("mean_delta"))


def _rank_loss(people: DataFrame) -> DataFrame:
    """ln(1 - rho) of the places of the people in both nights, after Spearman; ties share their mean place.

    Places are doubled so that a mean place is an integer, and squared as decimals so that no sum overflows.
    """
    placed = people.where(F.col("delta").isNotNull()).select(
        "algorithm_version", _doubled_place("before").alias("was"), _doubled_place("after").alias("is"))
    step = (F.col("is") - F.col("was")).cast("decimal(19,0)")
    count = F.count(F.lit(1)).cast("double")
    loss = 6 * F.sum(step * step).cast("double") / 4 / (count * (count * count - 1))
    return placed.groupBy("algorithm_version").agg(
        F.log(F.when(count > 1, loss).otherwise(F.lit(0.0)) + SMALLEST_LOSS).alias("rank_loss"))


def _doubled_place(score: str) -> Column:
    places = Window.partitionBy("algorithm_version").orderBy(score)
    ties = Window.partitionBy("algorithm_version", score)
    return 2 * F.rank().over(places) + F.count("*").over(ties) - 1


def _places_kept() -> Column:
    """The share of yesterday's first people over all topics who are among the first tonight."""
    was = (F.col("topic_id") == OVERALL) & (F.col("rank_before") <= TOP)
    still = was & F.coalesce(F.col("rank_after") <= TOP, F.lit(False))
    return F.when(counted(was) > 0, share(counted(still), counted(was)))
