"""The fold of days into a state: incremental and at once agree to the bit."""

import random
from datetime import date, timedelta

import pytest

from jobs.decay import HALF_LIFE_DAYS, LIVE_WEIGHT, UNIT
from jobs.engagement.state import ACTIVE_DAYS_KEPT, folded_state, state_at_once
from jobs.tables import TABLES

FIRST = date(2030, 1, 1)
KEY = ("network", "topic_id", "engager_account_id", "author_account_id", "kind")


def plain_decayed(weight: int, age: int) -> int:
    factor = round(2.0 ** (-(age % HALF_LIFE_DAYS) / HALF_LIFE_DAYS) * UNIT) / UNIT
    return int(weight * factor / 2 ** (age // HALF_LIFE_DAYS))


def plain_state(touches: list[tuple[date, int]], today: date):
    """The state of one pair in plain Python: the reference."""
    weight, first, last = 0, touches[0][0], touches[0][0]
    for day, count in sorted(touches):
        aged = plain_decayed(weight, (day - last).days)
        if aged < LIVE_WEIGHT:
            aged, first = 0, day
        weight, last = aged + count * UNIT, day
    bits = sum(1 << (today - day).days for day, _ in touches if (today - day).days < ACTIVE_DAYS_KEPT)
    return weight, first, last, bits


def days_frame(spark, rows):
    return spark.createDataFrame(rows, TABLES["feature__engagement_days"].spark_schema)


def by_key(frame):
    return {tuple(row[name] for name in KEY): (row["decayed_weight"], row["first_interacted_date"],
            row["last_interacted_date"], row["active_days_bits"]) for row in frame.collect()}


@pytest.fixture(scope="module")
def history():
    """Five nights of 300 pairs from tiny domains, with gaps, months of silence, and anonymous engagers."""
    dice = random.Random(5)
    nights = [FIRST + timedelta(days=d) for d in (0, 1, 3, 70, 720)]
    pairs = [("net", f"t{i % 3}", None if i % 17 == 0 else f"e{i}", f"a{i % 9}", "reply") for i in range(300)]
    return nights, [(night, *pair, dice.randint(1, 5)) for night in nights for pair in pairs if dice.random() < 0.5]


def test_the_state_after_all_nights_equals_the_state_computed_at_once_and_the_plain_reference(spark, history):
    nights, rows = history
    state = spark.createDataFrame([], TABLES["feature__engagement_state"].spark_schema)
    for night in nights:
        day = days_frame(spark, [row for row in rows if row[0] == night])
        state = spark.createDataFrame(folded_state(state, day, night).collect(),
                                      TABLES["feature__engagement_state"].spark_schema)
    at_once = by_key(state_at_once(days_frame(spark, rows), nights[-1]))
    touches: dict = {}
    for night, *key, count in rows:
        touches.setdefault(tuple(key), []).append((night, count))
    reference = {key: plain_state(t, nights[-1]) for key, t in touches.items()}
    live = {key: s for key, s in reference.items()
            if plain_decayed(s[0], (nights[-1] - s[2]).days) >= LIVE_WEIGHT}
    assert by_key(state) == at_once == live
    assert len(live) < len(reference), "the history must hold pairs that were dropped"


def test_a_pair_ages_by_half_in_one_half_life(spark):
    rows = [(FIRST, "net", "t", "e", "a", "reply", 3)]
    start = folded_state(spark.createDataFrame([], TABLES["feature__engagement_state"].spark_schema),
                         days_frame(spark, rows), FIRST)
    later = FIRST + timedelta(days=HALF_LIFE_DAYS)
    again = folded_state(start, days_frame(spark, [(later, "net", "t", "e", "a", "reply", 1)]), later)
    assert by_key(again)[("net", "t", "e", "a", "reply")] == (3 * UNIT // 2 + UNIT, FIRST, later, (1 << 30) + 1)
