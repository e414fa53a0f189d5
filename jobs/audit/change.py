"""Why each score moved since the last release: one line per cause, and the lines sum to the move.

A term is worth k ln(1 + X), so with the logarithmic mean L a part of X that moved by d moved the score by
k d / L(1 + X0, 1 + X1), exactly (algorithms-evidence section 3). The parts: the line aged, lost engagers, or got
reactions; what is left of its move came from the other networks, through their norm.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.audit.holding.kept import HELD
from jobs.causes import AGEING, CEILING, CREDIT_CAUSES, DISCOUNT_CAUSES, HOLD, NEW_REACTIONS, TRUST, TRUSTED
from jobs.ledger import Release, released_files, released_state
from jobs.rounding import PARTS_PER_POINT, with_rounded_parts
from jobs.storage import Store, on_day
from jobs.tables import TABLES

KEY = ["algorithm_version", "person_id", "topic_id"]
LINE = [*KEY, "term", "network", "kind"]

NEWS_PART = "news_credit"

NOTHING = 1e-12
"""Points: below this a line is the rounding of doubles, and its cause did not act."""

NEARLY_EQUAL = 1e-9
"""Relative distance of two credits below which their logarithmic mean is taken as their mean: the difference is
smaller than the last bit, and the quotient of two small differences is not."""

MOST_POINTS = 99.0


def run(spark, store: Store, snapshot_date: date, earlier: Release | None) -> None:
    """Write audit__changes for a night; a store without an earlier release has no change to state."""
    files = []
    if earlier is not None:
        before = released_state(spark, store, "staged__lines", earlier)
        now = store.frame(spark, "staged__lines", on_day(snapshot_date))
        scored = store.frame(spark, "staged__scores", on_day(snapshot_date))
        released = released_state(spark, store, "pub__scores", earlier)
        rows = changes(before, now, moves(released, scored), snapshot_date, earlier.snapshot_date)
        if released_files(store, earlier, "audit__holds", on_day(earlier.snapshot_date)):
            rows = after_holds(rows, released)
        files = store.write_frame(rows, "audit__changes")
    store.replace_day("audit__changes", snapshot_date, files)


def moves(released: DataFrame, scored: DataFrame) -> DataFrame:
    """People with a score in both nights, and by how much it moved; who has only one has no move."""
    before = released.where(F.col("influence_score").isNotNull()).select(*KEY, F.col("influence_score").alias("before"))
    after = scored.where(F.col("influence_score").isNotNull()).select(*KEY, "influence_score")
    delta = (F.col("influence_score") - F.col("before")).cast("decimal(9,4)")
    return after.join(before, on=KEY, how="inner").select(*KEY, delta.alias("score_delta"))


def changes(
    before: DataFrame, now: DataFrame, moved: DataFrame, snapshot_date: date, compared_date: date
) -> DataFrame:
    """Rows of audit__changes: for each move its causes, in points that sum to it.

    before, now: staged__lines of the two nights; moved: people and their score_delta.
    """
    known = exact_causes(before, now, moved).join(moved, on=KEY, how="inner")
    parts = F.round(F.col("score_delta") * PARTS_PER_POINT).cast("bigint")
    rounded = with_rounded_parts(known, parts, by=KEY, tie_breakers=["cause", "network", "kind"])
    return rounded.where(F.col("points") != 0).withColumn("snapshot_date", F.lit(snapshot_date)).withColumn(
        "compared_date", F.lit(compared_date)).select(*TABLES["audit__changes"].column_names)


def after_holds(rows: DataFrame, released: DataFrame) -> DataFrame:
    """Changes in which a score that was held moves by `hold` where others move by ageing.

    Its kept lines are compared with the last state, aged: the difference is what the held nights brought and took.
    """
    held = released.where(F.col("state") == HELD).select(*KEY, F.lit(True).alias("was_held"))
    is_caught_up = F.col("was_held") & (F.col("cause") == AGEING)
    return rows.join(held, on=KEY, how="left").withColumn(
        "cause", F.when(is_caught_up, F.lit(HOLD)).otherwise(F.col("cause"))).select(*rows.columns)


def exact_causes(before: DataFrame, now: DataFrame, moved: DataFrame) -> DataFrame:
    """The causes of each move before rounding; grain: KEY, cause, network, kind, with exact_points, none of them 0."""
    lines = _both_nights(before, now).join(moved, on=KEY, how="left_semi")
    causes = _credit_causes(lines).unionByName(_ceilings(lines))
    return causes.groupBy(*KEY, "cause", "network", "kind").agg(F.sum("exact_points").alias("exact_points")).where(
        F.abs("exact_points") > NOTHING)


def _both_nights(before: DataFrame, now: DataFrame) -> DataFrame:
    """Each line of either night with both sides; a side without it counts 0."""
    sizes = ["line_credit", "credit", "term_height"]
    earlier = before.select(*LINE, F.col("line_units").alias("units_before"),
                            *[F.col(name).alias(f"{name}_before") for name in sizes])
    later = now.select(*LINE, "line_units", "aged_units", "listed_units", "relinked_units", *sizes)
    joined = earlier.join(later, on=LINE, how="full")
    names = [name for name in joined.columns if name not in LINE]
    return joined.select(*LINE, *[F.coalesce(F.col(name), F.lit(0)).alias(name) for name in names])


def _credit_causes(lines: DataFrame) -> DataFrame:
    """What each line's part of the credit moved by, cause by cause, in points of its term."""
    terms = lines.groupBy(*KEY, "term").agg(
        *[F.max(name).alias(name) for name in ("credit", "credit_before", "term_height", "term_height_before")])
    sized = lines.select(*[name for name in lines.columns if name not in terms.columns or name in (*KEY, "term")]).join(
        terms.withColumn("points_per_credit", _points_per_credit()), on=[*KEY, "term"], how="inner")
    moved = sized.where(F.col("kind") != CEILING).select(*LINE, "points_per_credit", *_parts())
    pieces = moved.unpivot([*LINE, "points_per_credit"], [*CREDIT_CAUSES, NEWS_PART], "part", "credit_delta")
    return pieces.select(
        *LINE, _cause().alias("cause"), (F.col("credit_delta") * F.col("points_per_credit")).alias("exact_points"))


def _parts() -> list[Column]:
    """The move of a line's credit, split: what moved its own units, at the mean worth of a unit, and the rest."""
    worth = _mean_worth()
    steps = {"aged_credit": F.col("aged_units") - F.col("units_before"), "listed_credit": -F.col("listed_units"),
             "relinked_credit": -F.col("relinked_units"),
             NEWS_PART: F.col("line_units") - F.col("aged_units") + F.col("listed_units") + F.col("relinked_units")}
    own = {name: worth * units for name, units in steps.items()}
    total = F.col("line_credit") - F.col("line_credit_before")
    rest = total - worth * (F.col("line_units") - F.col("units_before"))
    return [*[value.alias(name) for name, value in own.items()], rest.alias("combined_credit")]


def _cause() -> Column:
    """Which cause a part of a line's move is.

    What is new on a discount is the cause of the discount; a line of trusted engagers loses only when trust is lost.
    What it gains by trust alone is named new reactions (docs/why.md, Causes).
    """
    is_lost_trust = (F.col("kind") == TRUSTED) & (F.col("credit_delta") < 0)
    cause = F.when(is_lost_trust, F.lit(TRUST)).otherwise(F.lit(NEW_REACTIONS))
    for kind, of_discount in DISCOUNT_CAUSES.items():
        cause = F.when(F.col("kind") == kind, F.lit(of_discount)).otherwise(cause)
    for part, of_part in CREDIT_CAUSES.items():
        cause = F.when(F.col("part") == part, F.lit(of_part)).otherwise(cause)
    return cause


def _mean_worth() -> Column:
    """Credit per unit of the line, the mean of both nights; a night without the line takes the other's."""
    after = _ratio(F.col("line_credit"), F.col("line_units"))
    before = _ratio(F.col("line_credit_before"), F.col("units_before"))
    return (F.coalesce(after, before, F.lit(0.0)) + F.coalesce(before, after, F.lit(0.0))) / 2


def _points_per_credit() -> Column:
    """Slope k over L(1 + X0, 1 + X1) of a term; k is the points per unit of ln(1 + X), the same in both nights."""
    slope = F.coalesce(_ratio(F.col("term_height"), F.log1p("credit")),
                       _ratio(F.col("term_height_before"), F.log1p("credit_before")))
    low, high = F.col("credit_before") + 1, F.col("credit") + 1
    gap = F.log1p("credit") - F.log1p("credit_before")
    is_equal = F.abs(high - low) <= F.lit(NEARLY_EQUAL) * (high + low)
    mean = F.when(is_equal, (low + high) / 2).otherwise((high - low) / gap)
    return F.coalesce(slope / mean, F.lit(0.0))


def _ratio(part: Column, whole: Column) -> Column:
    """Part over whole; null where there is no whole."""
    return F.when(whole != 0, part / whole.cast("double"))


def _ceilings(lines: DataFrame) -> DataFrame:
    """What the ceiling cut off now, less what it cut off before."""
    terms = lines.where(F.col("kind") != CEILING).select(*KEY, "term", "term_height", "term_height_before").groupBy(
        *KEY, "term").agg(F.max("term_height").alias("after"), F.max("term_height_before").alias("before"))
    heights = terms.groupBy(*KEY).agg(
        F.array_sort(F.collect_list("after")).alias("after"), F.array_sort(F.collect_list("before")).alias("before"))
    cut = _cut("after") - _cut("before")
    return heights.select(
        *KEY, F.lit(CEILING).alias("term"), F.lit("_all").alias("network"), F.lit(CEILING).alias("kind"),
        F.lit(CEILING).alias("cause"), cut.alias("exact_points")).where(F.abs("exact_points") > NOTHING)


def _cut(heights: str) -> Column:
    total = F.aggregate(heights, F.lit(0.0), lambda sum_so_far, height: sum_so_far + height)
    return F.least(F.lit(0.0), F.lit(MOST_POINTS) - total)
