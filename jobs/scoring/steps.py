"""Several sets of pairs through the versions at once: tonight's, and what is left of those that were released last.

A version knows people by their names only, and people who never meet do not touch each other's credits. So each step
is a population of its own: its people go by numbers that no other step gives, and every version reads all steps in one
pass. Planning a version's credits is most of what they cost on a small night; a second pass would pay it again. Numbers
are also compared faster than names, of which a version's windows compare many.
"""

from collections.abc import Callable, Mapping
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.scoring.contract import Algorithm
from jobs.scoring.scale import summed_lines

STEP = "step"
"""Which set of pairs a line is of."""

PEOPLE = ("author_person_id", "engager_person_id")


def summed_by_step(
    versions: Mapping[str, Algorithm], steps: Mapping[str, DataFrame], materialise: Callable[[DataFrame], DataFrame]
) -> DataFrame:
    """Credits of every version added up over engagers, for several sets of pairs.

    steps: the contract's pairs by name of the step. materialise computes and keeps a frame that is used several times.
    Grain: step and LINE_KEY, as scale.summed_lines.
    """
    pairs = reduce(DataFrame.unionByName, [rows.withColumn(STEP, F.lit(step)) for step, rows in steps.items()])
    people = materialise(_numbered(pairs))
    lines = summed_lines(versions, materialise(_by_number(pairs, people)), materialise)
    return lines.withColumnRenamed("author_person_id", "number").join(people, on="number", how="inner").drop(
        "number").withColumnRenamed("name", "author_person_id")


def _numbered(pairs: DataFrame) -> DataFrame:
    """Everybody in the pairs of a step with a number of their own; a rerun gives others, and no result shows them."""
    author, engager = (pairs.select(STEP, F.col(person).alias("name")) for person in PEOPLE)
    return author.unionByName(engager).distinct().withColumn("number", F.monotonically_increasing_id())


def _by_number(pairs: DataFrame, people: DataFrame) -> DataFrame:
    """Pairs without step, their people by number."""
    for person in PEOPLE:
        known = people.select(STEP, F.col("name").alias(person), F.col("number").alias(f"{person}_number"))
        pairs = pairs.join(known, on=[STEP, person], how="inner").drop(person).withColumnRenamed(
            f"{person}_number", person)
    return pairs.drop(STEP)
