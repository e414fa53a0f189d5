"""Several sets of pairs through the versions at once: tonight's, and what is left of those that were released last.

A version knows people by their names only, and people who never meet do not touch each other's credits. So each step
is a population of its own: its people carry the step in their names, and every version reads all steps in one pass.
Planning a version's credits is most of what they cost on a small night; a second pass would pay it again.
"""

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.scoring.contract import Algorithm
from jobs.scoring.scale import all_credits, summed_lines

STEP = "step"
"""Which set of pairs a line is of."""

MARK = ":"
"""Between the step, which holds none, and the name."""

PEOPLE = ("author_person_id", "engager_person_id")


def summed_by_step(versions: Mapping[str, Algorithm], steps: Mapping[str, DataFrame]) -> DataFrame:
    """Credits of every version added up over engagers, for several sets of pairs.

    steps: the contract's pairs by name of the step. Grain: step and LINE_KEY, as scale.summed_lines.
    """
    everybody = reduce(DataFrame.unionByName, [_population(step, pairs) for step, pairs in steps.items()])
    lines = summed_lines(all_credits(versions, everybody))
    return lines.withColumn(STEP, F.split_part("author_person_id", F.lit(MARK), F.lit(1))).withColumn(
        "author_person_id", F.expr(f"substring(author_person_id, length({STEP}) + {len(MARK) + 1})"))


def _population(step: str, pairs: DataFrame) -> DataFrame:
    return pairs.withColumns({person: F.concat(F.lit(step + MARK), person) for person in PEOPLE})
