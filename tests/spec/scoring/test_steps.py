"""Sets of pairs that go through the versions at once give the lines that each of them gives alone."""

import random
from datetime import date, timedelta

import pytest
from pyspark.sql import functions as F

from jobs.scoring.contract import UNIT
from jobs.scoring.people import with_whole_pairs
from jobs.scoring.registry import algorithm, version_names
from jobs.scoring.scale import summed_lines
from jobs.scoring.steps import STEP, summed_by_step
from tests.frames import materialise

NIGHT = date(2030, 3, 1)
AUTHORS, ENGAGERS, ROWS = 120, 40, 6_000
"""Fifty authors and more for the busy engagers, so that budgets bind; several kinds and networks for many pairs."""

DDL = """topic_id string, author_person_id string, engager_person_id string, network string, kind string, weight bigint,
touch bigint, first_interacted_date date, last_interacted_date date"""


@pytest.fixture(scope="module")
def crowded_pairs(spark):
    """Random pairs with marks; each grain once, the weights of busy pairs above those of the others."""
    dice, rows = random.Random(5), {}
    for _ in range(ROWS):
        age = dice.randrange(90)
        key = (dice.choice(["jazz", "lace"]), f"a{dice.randrange(AUTHORS)}", f"e{int(dice.random() ** 2 * ENGAGERS)}",
               dice.choice(["forum", "wire"]), dice.choice(["reply", "reshare", "quote", "like", "endorsement"]))
        last = NIGHT - timedelta(days=age)
        rows[key] = (*key, int(dice.expovariate(0.02) * UNIT) + 4096, int(UNIT / (1 + age // 10)),
                     last - timedelta(days=dice.randrange(9)), last)
    number = F.substring("engager_person_id", 2, 9).cast("int")
    return with_whole_pairs(spark.createDataFrame(list(rows.values()), DDL)).withColumn(
        "engager_is_trusted", number % 5 == 1).withColumn("engager_is_seed", number % 10 == 1).withColumn(
        "engager_group_id", F.when(number % 4 == 0, F.concat(F.lit("g"), (number % 8).cast("string"))))


def as_rows(lines) -> set[tuple]:
    return {tuple(row) for row in lines.select(sorted(lines.columns)).collect()}


def test_steps_in_one_pass_give_the_lines_of_each_step_alone(crowded_pairs):
    """Of every version in the house, so that one which asked people more than their names would fail here."""
    versions = {name: algorithm(name) for name in version_names()}
    steps = {"tonight": crowded_pairs, "aged": crowded_pairs.where(F.col("topic_id") == "jazz")}
    alone = {row for step, pairs in steps.items()
             for row in as_rows(summed_lines(versions, pairs, materialise).withColumn(STEP, F.lit(step)))}
    found = summed_by_step(versions, steps, materialise)
    kinds = {row["kind"] for row in found.select("kind").distinct().collect()}
    assert {"actor_budget", "coordination", "untrusted_cap", "reach", "reply"} <= kinds
    assert as_rows(found) == alone
