"""Networks: X is the third root of the sum of cubes of what each network is worth after a frozen exchange."""

from dataclasses import replace
from functools import partial
from math import log2

import pytest

approx = partial(pytest.approx, rel=0, abs=0.00005)
"""Scores are published to four digits."""


def people_on(*networks: str, engagers: int, author: str) -> list[str]:
    return [f"{author} | {author}-{network}-{n} | {network}" for network in networks for n in range(engagers)]


def test_eight_equal_networks_double_the_credit_and_five_multiply_it_by_1_71(pairs, scored):
    """S45: 8^(1/3) = 2, so that 3.5 engagers on each of eight networks are worth seven on one; five give x1.71."""
    rows = [f"ann | ann-{network}-{n} | {network} | {touch}" for network in "abcdefgh"
            for n, touch in enumerate((1, 1, 1, 0.5))]
    rows += [f"bob | bob-{network} | {network} | 1" for network in "abcde"]
    scores = scored("v1", pairs("\n".join(["author | engager | network | touch", *rows])))
    assert scores["ann"] == approx(1 + 99 * 3 / 6)
    assert scores["bob"] == approx(1 + 99 * log2(1 + 5 ** (1 / 3)) / 6)


def test_an_absent_network_costs_nothing(pairs, scored):
    """A5, S52: bob is on one of three networks, and scores what ann scores where there is but one."""
    rows = people_on("forum", engagers=3, author="ann") + people_on("wire", engagers=3, author="bob")
    scores = scored("v1", pairs("\n".join(["author | engager | network", *rows])))
    assert scores == approx({"ann": 1 + 99 * 2 / 6, "bob": 1 + 99 * 2 / 6})


def test_a_network_where_attention_is_cheap_is_exchanged_at_a_frozen_rate(pairs, scored, easy):
    """S45: the median is 4 on one network and 1 on the other; both are brought to 2, whoever is there tonight."""
    rates = replace(easy, network_medians={"loud": 4.0, "quiet": 1.0}, common_level=2.0)
    rows = people_on("loud", engagers=6, author="ann") + people_on("new", engagers=7, author="cy")
    rows += ["bob | eve | quiet", "bob | flo | quiet", "bob | gus | quiet", "bob | hal | quiet"]
    scores = scored("v1", pairs("\n".join(["author | engager | network", *rows])), rates)
    assert scores["ann"] == approx(1 + 99 * 2 / 6), "six engagers at 2/4 are three"
    assert scores["bob"] == approx(1 + 99 * log2(9) / 6), "four engagers at 2/1 are eight"
    assert scores["cy"] == approx(1 + 99 * 3 / 6), "a network that the file does not name is taken as it is"


def test_the_lines_of_networks_share_the_points_by_their_cubes(pairs, lines):
    """Two engagers against one are 8 : 1; X = 9^(1/3)."""
    found = lines("v1", pairs("""
        author | engager | network
        ann    | eve     | forum
        ann    | flo     | forum
        ann    | gus     | wire
    """))["ann"]
    points = 99 * log2(1 + 9 ** (1 / 3)) / 6
    assert found == {("forum", "reply"): approx(points * 8 / 9),
                     ("wire", "reply"): approx(points * 1 / 9)}


def test_a_network_on_which_all_credit_has_faded_away_has_no_line(pairs, lines):
    """A touch of less than 2^-32 is zero in fixed point: it divides nothing and nobody."""
    assert lines("v1", pairs("""
        author | engager | network | touch
        ann    | eve     | forum   |     1
        ann    | flo     | wire    |     0
        bob    | gus     | wire    |     0
    """)) == {"ann": {("forum", "reply"): 99 * 1 / 6}}
