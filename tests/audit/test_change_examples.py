"""Why ann's score moved, by hand. K = 23.8045; a part d of X is worth K d / L, L = (b - a) / ln(b / a) of 1 + X.

Thirty nights lie between, so what aged is half. S = 1 + 16.5 log2(1 + X); v1: a reaction of today is 1.
"""

from dataclasses import replace
from functools import partial

import pytest

from expectations.pub__changes.no_fall_without_a_cause import HALF_LIFE_DAYS
from jobs import decay
from jobs.causes import NAMED, WORDS
from tests.audit.conftest import EASY, Marks

approx = partial(pytest.approx, rel=0, abs=0.0001)
"""Lines are rounded to four digits so that they add up."""


def test_ageing_alone_is_one_line(move):
    """X falls from 2 to 1: 16.5 (log2 2 - log2 3) = -9.6519. The bound of thirty nights is 16.5 (S2)."""
    told = move("v1", """
        day | engager
        01  | eve
        01  | flo
    """)
    assert told.causes == {("ageing", "net", "reply"): approx(-9.6519)}
    assert float(told.after - told.before) == approx(sum(told.causes.values()))


def test_new_engagers_beside_ageing_with_the_logarithmic_mean_by_hand(move):
    """X: 2 - 1 + 2 = 3. L(3, 4) = 1 / ln(4/3) = 3.4761, so a credit is worth 6.8481: -1 of them aged, 2 are new."""
    told = move("v1", """
        day | engager | kind
        01  | eve     | reply
        01  | flo     | reply
        31  | gus     | like
        31  | hal     | like
    """)
    assert told.causes == {("ageing", "net", "reply"): approx(-6.8481), ("new_reactions", "net", "like"): approx(13.6961)}


def test_what_ageing_took_and_the_same_people_gave_back_is_said_though_the_score_stands_still(move):
    """X: 3 - 1.5 + 1.5 = 3, L(4, 4) = 4: 1.5 credits of 23.8045 / 4 each."""
    told = move("v1", """
        day | engager
        01  | eve
        01  | flo
        01  | gus
        31  | eve
        31  | flo
        31  | gus
    """)
    assert told.before == told.after
    assert told.causes == {("ageing", "net", "reply"): approx(-8.9267), ("new_reactions", "net", "reply"): approx(8.9267)}


def test_an_engager_who_opts_out_takes_what_was_left_of_the_credit(move):
    """X: 3 - 1.5 - 0.5 = 1, 34 to 17.5 points. L(4, 2) = 2 / ln 2, a credit is 8.25: ageing -12.375, opted out -4.125."""
    told = move("v1", """
        day | engager
        01  | eve
        01  | flo
        01  | gus
    """, now=Marks(listed="net | gus"))
    assert told.causes == {("ageing", "net", "reply"): approx(-12.375), ("opted_out", "net", "reply"): approx(-4.125)}
    assert (float(told.before), float(told.after)) == (34, 17.5)


def test_an_engager_who_turns_out_to_be_ann_herself_is_relinked(move):
    told = move("v1", """
        day | engager
        01  | eve
        01  | flo
        01  | gus
    """, Marks(links="net | ann | Ann"), Marks(links="net | ann | Ann\nnet | gus | Ann"))
    assert told.causes == {("ageing", "net", "reply"): approx(-12.375), ("relinked", "net", "reply"): approx(-4.125)}


def test_a_second_network_moves_what_the_first_one_is_worth(move):
    """X0 = 2. Tonight z = 1 on both: X1 = 2^(1/3) = 1.2599, half of it each; L(3, 2.2599) = 2.6125, a credit is 9.1117.

    A unit on net was worth 1 and is worth 0.6300: -0.8150 aged, and 0.6300 - 2 + 0.8150 = -0.5550 by the norm.
    """
    told = move("v1", """
        day | engager | network
        01  | eve     | net
        01  | flo     | net
        31  | gus     | wire
    """, Marks(links="net | ann | Ann\nwire | ann | Ann"))
    assert told.causes == {
        ("ageing", "net", "reply"): approx(-7.4259), ("networks_combined", "net", "reply"): approx(-5.0575),
        ("new_reactions", "wire", "reply"): approx(5.7400)}


def test_the_ceiling_takes_back_what_lies_above_a_hundred(move):
    """lace: K = 71.4135. X: 2 - 1 + 6 = 7, 148.5 points high. L(3, 8) = 5.0977, a credit is 14.0089."""
    told = move("v1", "\n".join([
        "day | engager | topic", "01 | eve | lace", "01 | flo | lace", *[f"31 | new-{n} | lace" for n in range(6)]]))
    assert told.causes == {
        ("ageing", "net", "reply"): approx(-14.0089), ("new_reactions", "net", "reply"): approx(84.0533),
        ("ceiling", "_all", "ceiling"): approx(-49.5)}
    assert told.after == 100


def test_an_engager_who_keeps_up_with_too_many_is_named(move):
    """v2: eve reacted 3 times a head to 99 others as well: 75 credits, a budget of 50, and ann gets 1/2 instead of 3/4."""
    others = [f"31 | eve | far-{n} | 3" for n in range(99)]
    told = move("v2", "\n".join(["day | engager | author | count", "01 | flo | ann | 2", "31 | eve | ann | 3", *others]))
    assert set(told.cause_sum) == {"ageing", "new_reactions", "actor_budget"}
    assert told.cause_sum["actor_budget"] == approx(-told.cause_sum["new_reactions"] / 3)


CROWD = "\n".join(["day | engager | count", *[f"01 | e{n} | 1000" for n in range(60)]])
"""Sixty people who have nearly a full credit each, and keep it: 1000 reactions are 500 after a half-life."""

SEED = Marks(trusted="net | _overall | e0")


def test_a_seed_whose_term_ends_is_trust_and_not_ageing(move):
    """v3: T = 1 and C = 27 become T = 0 and C = 20."""
    told = move("v3", CROWD, SEED, Marks())
    assert set(told.cause_sum) == {"ageing", "trust"}
    assert told.cause_sum["trust"] < -6
    assert -0.2 < told.cause_sum["ageing"] < 0


def test_a_new_group_is_coordination_and_makes_room_below_the_ceiling(move):
    """v3: thirty of sixty count as one; U falls from 60 to 31, and the ceiling cuts off less."""
    told = move("v3", CROWD, Marks(), Marks(groups="\n".join(f"net | e{n} | e0" for n in range(30))))
    assert told.cause_sum["coordination"] < 0 < told.cause_sum["trust"]
    assert set(told.cause_sum) == {"ageing", "coordination", "trust"}


def test_a_circle_that_closes_by_an_answer_is_its_own_cause(move):
    """v5: six fans know each other, ann answers them, and the seven are a circle: their 6 of her 66 credits are gone."""
    fans = [f"f{n}" for n in range(6)]
    circle = [f"01 | {one} | {two} | _overall | 1000" for one in fans for two in ["ann", *fans] if one != two]
    crowd = [f"01 | e{n} | ann | _overall | 1000" for n in range(60)]
    answers = [f"31 | ann | {fan} | _overall | 1" for fan in fans]
    told = move("v5", "\n".join(["day | engager | author | topic | count", *circle, *crowd, *answers]))
    assert set(told.cause_sum) == {"ageing", "own_circle", "trust"}
    assert told.cause_sum["own_circle"] < -5
    assert told.cause_sum["trust"] == approx(-told.cause_sum["own_circle"] - 0.0005, abs=0.05)


def test_an_account_that_leaves_a_person_takes_from_it_without_a_new_reaction(move):
    """S1: eve's second account turns out to be ann's own. Eve and ann stay a pair, of 1/3 instead of 5/6: half a credit."""
    told = move("v2", """
        day | engager | network | count
        01  | eve     | net     |     1
        01  | eve     | wire    |     9
        01  | flo     | net     |     9
    """, Marks(links="net | ann | Ann\nwire | ann | Ann\nnet | eve | Eve\nwire | eve | Eve"),
        Marks(links="net | ann | Ann\nwire | ann | Ann\nnet | eve | Eve\nwire | eve | Ann"))
    assert "new_reactions" not in told.cause_sum
    assert told.cause_sum["relinked"] < -4.8


def test_an_engager_who_is_only_named_anew_moves_nothing(move):
    told = move("v1", """
        day | engager
        01  | eve
        01  | flo
    """, now=Marks(links="net | eve | Eve"))
    assert told.causes == {("ageing", "net", "reply"): approx(-9.6519)}


def test_a_second_account_of_ann_brings_its_old_reactions_and_no_new_ones(move):
    """Ann's account on the wire is linked tonight: what others gave it long ago is hers from now on."""
    told = move("v1", """
        day | engager | network | author
        01  | eve     | net     | ann
        01  | flo     | wire    | ann
    """, Marks(links="net | ann | Ann"), Marks(links="net | ann | Ann\nwire | ann | Ann"))
    assert "new_reactions" not in told.cause_sum


def test_a_seed_whose_term_ends_is_trust_in_v4_too(move):
    told = move("v4", CROWD, SEED, Marks(), calibration=replace(EASY, term_factors={"reach": 0.5, "trusted": 0.5}))
    assert "new_reactions" not in told.cause_sum
    assert told.cause_sum["trust"] < -5


def test_the_gate_knows_the_same_half_life():
    assert HALF_LIFE_DAYS == decay.HALF_LIFE_DAYS


def test_every_named_cause_has_words():
    assert set(NAMED) < set(WORDS)
