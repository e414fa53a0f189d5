"""What must hold for any history: equality with the plain reference, and the promises made about every score."""

import math
import random
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.property.conftest import CALIBRATION, LINKS, SMALL_TOPIC_REFERENCE, TONIGHT, rows_of
from tests.property.reference import HALF_LIFE_DAYS, credits_of, pairs_of, score_of

VERSIONS = pytest.mark.parametrize("version", ["v1", "v2"])

FIXED_POINT = 1e-7
"""What ageing in units of 2^-32 may add to a fall, in points."""


def reference_of(topic: str) -> float:
    return CALIBRATION.topic_references.get(topic, CALIBRATION.default_topic_reference)


def published(rows: list[dict]) -> dict[tuple[str, str], Decimal]:
    return {(row["topic_id"], row["author_person_id"]): row["influence_score"] for row in rows}


def heights(rows: list[dict]) -> dict[tuple[str, str], float]:
    return {(row["topic_id"], row["author_person_id"]): min(row["height"], 99.0) for row in rows}


def by_score(rows: list[dict]) -> dict[tuple[str, str], list[dict]]:
    found = defaultdict(list)
    for row in rows:
        found[(row["topic_id"], row["author_person_id"])].append(row)
    return found


def both(scores: dict, told: str, changed: str) -> list[tuple[tuple, Decimal, Decimal]]:
    """(key, score as told, score with the change) of everybody who is scored in both."""
    return [(key, score, scores[(key[0].replace(f"/{told}", f"/{changed}"), key[1])])
            for key, score in scores.items()
            if key[0].endswith(f"/{told}") and (key[0].replace(f"/{told}", f"/{changed}"), key[1]) in scores]


@VERSIONS
def test_every_line_and_score_equals_the_plain_reference(told, version):
    links = {**LINKS, ("list", "ann-l"): "Ann"}
    found = by_score(told.lines[version])
    compared = 0
    for topic, reactions in told.reactions.items():
        for author, credits in credits_of(version, pairs_of(reactions, links, TONIGHT)).items():
            expected = score_of(credits, CALIBRATION.exchange_rates(), reference_of(topic))
            rows = found.pop((topic, author))
            assert {(r["network"], r["kind"]): r["exact_points"] for r in rows} == pytest.approx(
                expected.exact_points, rel=0, abs=1e-9), (topic, author)
            assert {(r["network"], r["kind"]): float(r["points"]) for r in rows} == pytest.approx(
                expected.points, rel=0, abs=1e-9), (topic, author)
            assert float(rows[0]["influence_score"]) == pytest.approx(expected.score, rel=0, abs=1e-9)
            compared += 1
    assert not found, "scores that the reference does not have"
    assert compared > 3000


@VERSIONS
def test_lines_sum_to_the_score_within_1e_9_before_rounding_and_exactly_after(told, version):
    for rows in by_score(told.lines[version]).values():
        assert math.fsum(row["exact_points"] for row in rows) == pytest.approx(min(rows[0]["height"], 99.0), rel=0, abs=1e-9)
        assert sum(row["points"] for row in rows) == rows[0]["influence_score"] - 1


@VERSIONS
def test_scores_stay_within_range_and_some_reach_the_ceiling(told, version):
    scores = published(told.lines[version]).values()
    assert min(scores) >= 1
    assert max(scores) == 100


@VERSIONS
def test_more_reactions_never_lower_a_score(told, version):
    """S5: ann gets one to four more reactions tonight, of any kind, from people known or new."""
    moves = [(before, after) for key, before, after in both(published(told.lines[version]), "told", "more") if key[1] == "Ann"]
    assert all(after >= before for before, after in moves)
    assert sum(after > before for before, after in moves) > len(moves) / 2


@VERSIONS
def test_another_network_never_lowers_a_score(told, version):
    """A5, S45, S52: ann is read on a third network from tonight on."""
    moves = [(before, after) for key, before, after in both(published(told.lines[version]), "told", "network") if key[1] == "Ann"]
    assert all(after >= before for before, after in moves)
    assert sum(after > before for before, after in moves) > len(moves) / 4


@VERSIONS
def test_own_activity_changes_nothing(told, version):
    """A6, S2, S43, S44: ann reacts to people far away; her score, and everybody's else, stays what it was."""
    moves = both(published(told.lines[version]), "told", "active")
    assert len(moves) > 700
    assert all(after == before for _, before, after in moves)


@VERSIONS
def test_many_people_count_at_least_as_much_as_one_who_does_all_of_it(told, version):
    """A3: bob's reactions, all on one network, are given to a single engager."""
    moves = [(before, after) for key, before, after in both(published(told.lines[version]), "told", "one") if key[1] == "wire:bob"]
    assert all(after <= before for before, after in moves)
    assert sum(after < before for before, after in moves) > len(moves) / 2


@VERSIONS
def test_equal_inputs_give_equal_scores(told, version):
    """S29: twin got what bob got, and its lines are the same to the digit."""
    found = by_score(told.lines[version])
    twins = [(topic, author) for topic, author in found if author == "wire:twin"]
    assert len(twins) > 200
    for topic, author in twins:
        lines, of_bob = ({(r["network"], r["kind"]): r["points"] for r in found[(topic, who)]} for who in (author, "wire:bob"))
        assert lines == of_bob


@VERSIONS
def test_a_night_without_news_falls_by_no_more_than_the_bound(told, version):
    """S2, S4: K * ln2 / h, and nothing rises."""
    before, after = heights(told.lines[version]), heights(told.tomorrow[version])
    assert before.keys() == after.keys()
    for key, height in before.items():
        bound = 99 / math.log1p(reference_of(key[0])) * math.log(2) / HALF_LIFE_DAYS
        assert -FIXED_POINT <= height - after[key] <= bound + FIXED_POINT, key


@VERSIONS
def test_neither_the_order_of_the_rows_nor_their_partitions_move_a_bit(spark, told, version):
    rows = told.pairs.toArrow()
    shuffled = random.Random(1).sample(range(rows.num_rows), rows.num_rows)
    again = rows_of(version, spark.createDataFrame(rows.take(shuffled)).repartition(7))

    def in_order(lines: list[dict]) -> list[tuple]:
        return sorted((r["topic_id"], r["author_person_id"], r["network"], r["kind"], r["exact_points"], r["points"])
                      for r in lines)

    assert in_order(again) == in_order(told.lines[version])


def test_the_histories_hold_what_the_properties_are_about(told):
    """Links, repeated pairs, anonymous reactions, a binding budget and a binding ceiling all occur."""
    kinds = {row["kind"] for row in told.lines["v2"]}
    assert {"actor_budget", "ceiling", "like", "reply", "reshare"} == kinds
    reactions = [one for topic in told.reactions.values() for one in topic]
    assert any(one.engager is None for one in reactions)
    assert any(one.author == "ann" and one.engager == "ann-too" for one in reactions)
    assert CALIBRATION.default_topic_reference > SMALL_TOPIC_REFERENCE
    assert min(one.day for one in reactions) < TONIGHT - timedelta(days=HALF_LIFE_DAYS)
