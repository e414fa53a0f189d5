"""What a plan holds several times is computed once, and the rows stay what they are."""

import pytest
from pyspark.sql import functions as F

from jobs.scoring.registry import algorithm
from jobs.scoring.repeats import with_repeats_once
from tests.frames import materialise


@pytest.fixture
def computed():
    """Computes a frame, and remembers the columns of each that it was given."""
    frames = []

    def compute(frame):
        frames.append(sorted(frame.columns))
        return materialise(frame)

    return compute, frames


@pytest.fixture
def sales(table):
    return table("""
        town | fruit | kilos:int
        Ulm  | pears | 3
        Ulm  | figs  | 4
        Bonn | pears | 5
    """)


def rows(frame) -> list[tuple]:
    return sorted((tuple(row) for row in frame.collect()), key=str)


def test_a_grouping_with_two_uses_is_computed_once(sales, computed):
    compute, frames = computed
    by_town = sales.groupBy("town").agg(F.sum("kilos").alias("kilos"))
    shares = sales.withColumnRenamed("kilos", "own").join(by_town, on="town").unionByName(
        by_town.withColumn("fruit", F.lit("all")).withColumn("own", F.col("kilos")))
    assert rows(with_repeats_once(shares, compute)) == rows(shares) == [
        ("Bonn", "all", 5, 5), ("Bonn", "pears", 5, 5), ("Ulm", "all", 7, 7), ("Ulm", "figs", 4, 7),
        ("Ulm", "pears", 3, 7)]
    assert frames == [["kilos", "town"]]


def test_a_repeat_within_a_repeat_is_computed_first_and_once(sales, computed):
    """The most of all towns reads the towns' sums, which are also read on their own, and is read twice itself."""
    compute, frames = computed
    by_town = sales.groupBy("town").agg(F.sum("kilos").alias("kilos"))
    most = by_town.agg(F.max("kilos").alias("most"))
    above, below = (by_town.crossJoin(most).where(F.expr(f"2 * kilos {sign} most")) for sign in (">=", "<"))
    assert rows(with_repeats_once(above.unionByName(below), compute)) == [("Bonn", 5, 7), ("Ulm", 7, 7)]
    assert frames == [["kilos", "town"], ["most"]]


def test_both_sides_of_one_join_are_two_uses(sales, computed):
    compute, frames = computed
    towns = sales.select("town").distinct()
    pairs = towns.crossJoin(towns.withColumnRenamed("town", "other"))
    assert len(rows(with_repeats_once(pairs, compute))) == 4
    assert frames == [["town"]]


def test_what_is_only_read_or_has_one_use_is_left_to_the_engine(sales, computed):
    compute, frames = computed
    heavy, by_town = sales.where("kilos > 3"), sales.groupBy("town").agg(F.sum("kilos").alias("kilos"))
    together = heavy.unionByName(heavy).select("town", "kilos").unionByName(by_town)
    assert rows(with_repeats_once(together, compute)) == rows(together)
    assert frames == []


@pytest.mark.parametrize(("version", "repeats"), [("v1", 0), ("v2", 1), ("v3", 0), ("v4", 0)])
def test_of_the_released_versions_v2_uses_its_attention_twice(version, repeats, crowd, computed):
    compute, frames = computed
    credits = algorithm(version).credits(materialise(crowd(ann=3, bob=60)))
    assert rows(with_repeats_once(credits, compute)) == rows(credits)
    assert len(frames) == repeats
