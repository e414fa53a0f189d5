"""Trust seeds: who may be drawn, by what lot, for how long; and whom trust reaches from them."""

import hashlib
import random
from datetime import date, timedelta

import pytest
from pyspark.sql import functions as F

from expectations.feature__trust_seeds import seats_are_not_exceeded as gate
from jobs.engagement import seeds as rule
from jobs.engagement.seeds import drawn_seeds
from jobs.engagement.trust import FEWEST_TRUSTED, trusted_accounts

NIGHT = date(2030, 1, 10)
A_WEEK = (1 << rule.FEWEST_ACTIVE_DAYS) - 1
"""Bits of seven active days."""


@pytest.fixture
def state(spark):
    """Pairs of a night: (engager, author), or (engager, author, topic, active days) where it is not the usual."""

    def build(*pairs: tuple):
        full = [(*pair, "_overall", A_WEEK)[:4] if len(pair) == 2 else pair for pair in pairs]
        return spark.createDataFrame(
            [("net", *pair) for pair in full],
            "network string, engager_account_id string, author_account_id string, topic_id string, active_days_bits bigint")

    return build


@pytest.fixture
def seeds(spark):
    """A seed list from account and days until its term ends; it was drawn sixty days before that."""

    def build(**days_left: int):
        rows = [(NIGHT, "net", name, NIGHT + timedelta(days=left - 60), NIGHT + timedelta(days=left))
                for name, left in days_left.items()]
        return spark.createDataFrame(
            rows, "snapshot_date date, network string, account_id string, drawn_date date, expires_date date")

    return build


@pytest.fixture
def groups(spark):
    def build(*accounts: str):
        return spark.createDataFrame([("net", name) for name in accounts], "network string, account_id string")

    return build


def reacted_to(author: str, count: int = rule.FEWEST_ENGAGERS, of: str = "fan") -> list[tuple[str, str]]:
    return [(f"{of}-{n:02}", author) for n in range(count)]


def terms(frame) -> dict[str, tuple[date, date]]:
    return {row["account_id"]: (row["drawn_date"], row["expires_date"]) for row in frame.collect()}


def drawn(state, seeds, groups, pairs: list[tuple], earlier: dict[str, int] | None = None, grouped: tuple = ()) -> dict:
    return terms(drawn_seeds(seeds(**(earlier or {})), state(*pairs), groups(*grouped), NIGHT))


def test_only_accounts_known_to_many_for_long_and_outside_groups_are_drawn(state, seeds, groups):
    six_days = [(engager, "new", "_overall", A_WEEK >> 1) for engager, _ in reacted_to("new")]
    in_a_topic = [(engager, "local", "jazz", A_WEEK) for engager, _ in reacted_to("local")]
    anonymous = [(None, "counted", "_overall", A_WEEK)]
    found = drawn(state, seeds, groups, [
        *reacted_to("known"), *reacted_to("few", rule.FEWEST_ENGAGERS - 1), *six_days, *in_a_topic, *anonymous,
        *reacted_to("troop")], grouped=("troop", "other"))
    assert list(found) == ["known"]


def test_a_term_is_read_off_the_lot_and_anybody_can_do_it(state, seeds, groups):
    lot = hashlib.sha256(f"{NIGHT}|net|known".encode()).hexdigest()
    days = 60 + int(lot[-4:], 16) % 60
    assert drawn(state, seeds, groups, reacted_to("known")) == {"known": (NIGHT, NIGHT + timedelta(days=days))}


def test_thirty_seats_go_by_lot_among_the_hundred_and_twenty_best_known(state, seeds, groups):
    """a000 has the most engagers; the lot is the sha256 of day, network and account."""
    pairs = [pair for n in range(140) for pair in reacted_to(f"a{n:03}", 150 - n)]
    best = [f"a{n:03}" for n in range(rule.POOL)]
    by_lot = sorted(best, key=lambda name: hashlib.sha256(f"{NIGHT}|net|{name}".encode()).hexdigest())
    found = drawn(state, seeds, groups, pairs)
    assert sorted(found) == sorted(by_lot[: rule.SEATS])
    lengths = {(expires - drawn_on).days for drawn_on, expires in found.values()}
    assert len(lengths) > 10
    assert min(lengths) >= 60
    assert max(lengths) < 120


def test_the_draw_does_not_depend_on_the_order_of_the_rows(state, seeds, groups):
    pairs = [pair for n in range(40) for pair in reacted_to(f"a{n:03}", 10 + n % 3)]
    shuffled = random.Random(1).sample(pairs, len(pairs))
    again = terms(drawn_seeds(seeds(), state(*shuffled).repartition(5), groups(), NIGHT))
    assert again == drawn(state, seeds, groups, pairs)
    assert len(again) == rule.SEATS


def test_a_seed_keeps_its_term_rests_and_leaves_the_list(state, seeds, groups):
    """Now serves; done served until yesterday; rested was away for ninety days, and may be drawn again."""
    pairs = [pair for name in ("now", "done", "rested") for pair in reacted_to(name)]
    known = [("now", "rested"), ("too", "rested"), *reacted_to("too")]
    found = drawn(state, seeds, groups, pairs + known, {"now": 1, "too": 5, "done": 0, "rested": -rule.REST_DAYS})
    assert found["now"][1] == NIGHT + timedelta(days=1)
    assert found["done"][1] == NIGHT
    assert found["rested"][0] == NIGHT
    assert set(found) == {"now", "too", "done", "rested"}


def test_a_free_seat_needs_two_serving_seeds_behind_it(state, seeds, groups):
    """A bought seat cannot fill the others: one serving seed, or two that rest, are not enough."""
    pairs = [*reacted_to("by-two"), ("s1", "by-two"), ("s2", "by-two"), *reacted_to("by-one"), ("s1", "by-one"),
             *reacted_to("by-resting"), ("s1", "by-resting"), ("old", "by-resting")]
    found = drawn(state, seeds, groups, pairs, {"s1": 9, "s2": 9, "old": -9})
    assert set(found) == {"s1", "s2", "old", "by-two"}


def test_no_seat_is_given_while_all_are_taken(state, seeds, groups):
    serving = {f"s{n:02}": 9 for n in range(rule.SEATS)}
    pairs = [*reacted_to("ann"), ("s01", "ann"), ("s02", "ann")]
    assert set(drawn(state, seeds, groups, pairs, serving)) == set(serving)
    one_left = {**serving, "s00": 0}
    assert set(drawn(state, seeds, groups, pairs, one_left)) == {*serving, "ann"}


def test_the_gate_counts_the_same_seats():
    assert gate.SEATS == rule.SEATS


def reached(state, seeds, pairs: list[tuple]) -> set[tuple[str, str]]:
    rows = trusted_accounts(state(*pairs), seeds(seed=9, other=9, over=0), NIGHT).collect()
    assert len(rows) == len({(row["network"], row["topic_id"], row["account_id"]) for row in rows})
    return {(row["topic_id"], row["account_id"]) for row in rows}


BOTH = ("seed", "other")


def test_trust_goes_through_two_doors_twice(state, seeds):
    """Both seeds -> a, b; a and b -> two; a -> one; two -> three: a third step is not made; one door opens nobody."""
    found = reached(state, seeds, [
        *[(door, name) for door in BOTH for name in ("a", "b")], ("a", "two"), ("b", "two"), ("a", "one"),
        ("two", "three"), ("one", "three"), ("seed", "bought"), ("over", "c"), ("c", "four"), ("a", "four"),
        (None, "five", "_overall", 1)])
    assert found == {("_overall", name) for name in (*BOTH, "a", "b", "two")}


def test_a_seed_and_somebody_it_vouches_for_are_two_doors(state, seeds):
    pairs = [("seed", "a"), ("other", "a"), ("seed", "both"), ("a", "both")]
    assert ("_overall", "both") in reached(state, seeds, pairs)


def test_two_kinds_of_reaction_of_one_account_are_one_door(state, seeds):
    assert ("_overall", "one") not in reached(
        state, seeds, [("seed", "a"), ("other", "a"), ("a", "one"), ("a", "one")])


def test_a_topic_is_listed_once_enough_people_are_reached_in_it(state, seeds):
    """Jazz has the hundred that it needs, chess one less: there the trust of all posts counts."""
    wide = [(door, f"j{n:03}", "jazz", 1) for n in range(FEWEST_TRUSTED) for door in BOTH]
    narrow = [(door, f"c{n:03}", "chess", 1) for n in range(FEWEST_TRUSTED - 1) for door in BOTH]
    found = reached(state, seeds, wide + narrow)
    assert {topic for topic, _ in found} == {"jazz", "_overall"}


def test_a_serving_seed_is_trusted_in_a_listed_topic_too(state, seeds):
    wide = [(door, f"j{n:03}", "jazz", 1) for n in range(FEWEST_TRUSTED) for door in BOTH]
    assert ("jazz", "seed") in reached(state, seeds, wide)


def test_nobody_is_trusted_before_there_are_seeds(state, seeds):
    pairs = state(("a", "b")).where(F.lit(True))
    assert trusted_accounts(pairs, seeds(), NIGHT).collect() == []
