"""v4 learned: S = 1 + 99 * sum of w_j log2(1 + X_j) / 6, each term a line of its own."""

from dataclasses import replace
from functools import partial
from math import log, log1p, log2

import pytest

from jobs.scoring.algorithms.v4 import TERMS
from jobs.scoring.calibration import load_calibration

approx = partial(pytest.approx, rel=0, abs=0.00005)
"""Scores are published to four digits."""

of_line = partial(pytest.approx, rel=0, abs=0.0001)
"""A line is rounded up or down so that the lines add up to the score."""


def that_count(found: dict) -> dict:
    """Lines without those of terms that have no weight."""
    return {line: points for line, points in found.items() if points}


@pytest.fixture
def weighed(easy):
    """The easy scale with weights by term; a term that is not named has none."""

    def build(**weights: float):
        return replace(easy, term_factors={**dict.fromkeys(TERMS, 0.0), **weights})

    return build


ANN = """
    author | engager | kind    | reactions | touch | trusted
    ann    | eve     | reply   |         3 |     1 | true
    ann    | flo     | like    |       0.5 |   0.5 | false
    ann    | gus     | reshare |         1 |     1 | false
"""
"""reach 1 + 1/2 + 1; attention 3/4 + 1/3 + 1/2; reshared 1/2; answered 3/4; trusted 3/4."""

CREDIT = {"reach": 2.5, "attention": 3 / 4 + 1 / 3 + 1 / 2, "reshared": 1 / 2, "answered": 3 / 4, "trusted": 3 / 4}


def test_two_terms_by_hand(pairs, lines, scored, weighed):
    """Half of log2(3.5) = 1.8074 and half of log2(2.5833) = 1.3692, times 99 / 6: 14.9107 and 11.2962."""
    halves = weighed(reach=0.5, attention=0.5)
    found = lines("v4", pairs(ANN), halves)["ann"]
    assert found[("net", "reach")] == approx(14.910670)
    assert found[("net", "attention")] == approx(11.296226)
    assert scored("v4", pairs(ANN), halves)["ann"] == approx(1 + 14.910670 + 11.296226)


@pytest.mark.parametrize("term", TERMS)
def test_each_term_alone_is_a_line_of_its_own_name(pairs, lines, weighed, term):
    found = that_count(lines("v4", pairs(ANN), weighed(**{term: 1.0}))["ann"])
    assert found == {("net", term): approx(99 * log2(1 + CREDIT[term]) / 6)}


def test_lines_are_the_terms_and_sum_to_the_score(pairs, lines, scored, weighed):
    fifths = weighed(**dict.fromkeys(TERMS, 0.2))
    found = lines("v4", pairs(ANN), fifths)["ann"]
    assert found == {("net", term): of_line(99 * 0.2 * log2(1 + CREDIT[term]) / 6) for term in TERMS}
    assert sum(found.values()) + 1 == approx(scored("v4", pairs(ANN), fifths)["ann"])


def test_a_term_is_shared_among_networks_by_itself(pairs, lines, weighed):
    """Reach is 1 on both networks, so X = 2^(1/3) is halved; attention is 3/4 and 1/2."""
    told = pairs("""
        author | engager | network | reactions
        ann    | eve     | forum   |         3
        ann    | flo     | wire    |         1
    """)
    found = that_count(lines("v4", told, weighed(reach=0.5, attention=0.5))["ann"])
    reach = 99 * 0.5 * log2(1 + 2 ** (1 / 3)) / 6
    cubes = 0.75**3 + 0.5**3
    attention = 99 * 0.5 * log2(1 + cubes ** (1 / 3)) / 6
    assert found == {
        ("forum", "reach"): of_line(reach / 2), ("wire", "reach"): of_line(reach / 2),
        ("forum", "attention"): of_line(attention * 0.75**3 / cubes),
        ("wire", "attention"): of_line(attention * 0.5**3 / cubes)}


def test_the_ceiling_is_cut_from_the_whole(pairs, lines, scored, weighed):
    """127 engagers reach 127 and, with a million reactions each, draw nearly 127: 115.5 points, of which 99 are left."""
    rows = [f"ann | e{n} | 1000000000" for n in range(127)]
    told = pairs("\n".join(["author | engager | reactions", *rows]))
    halves = weighed(reach=0.5, attention=0.5)
    assert scored("v4", told, halves) == {"ann": 100.0}
    assert lines("v4", told, halves)["ann"][("_all", "ceiling")] == approx(-16.5)


def test_no_line_is_negative_and_another_engager_never_lowers_a_score(pairs, lines, scored):
    shipped = load_calibration("v4")
    one_more = pairs(ANN).unionByName(pairs("author | engager | kind\nann | hal | reply"))
    found = lines("v4", pairs(ANN), shipped)["ann"]
    assert min(found.values()) >= 0
    assert scored("v4", one_more, shipped)["ann"] > scored("v4", pairs(ANN), shipped)["ann"]


def test_the_shipped_weights_are_non_negative_and_sum_to_one():
    factors = load_calibration("v4").term_factors
    assert set(factors) == set(TERMS)
    assert min(factors.values()) >= 0
    assert sum(factors.values()) == pytest.approx(1, abs=1e-6)


def test_ageing_takes_no_more_than_the_bound(pairs, scored):
    """All weights and touches a day older: every part loses at most a factor q, so the score at most K ln2 / h."""
    shipped = load_calibration("v4")
    q = 2 ** (-1 / 30)
    older = pairs(f"""
        author | engager | kind    | reactions | touch | trusted
        ann    | eve     | reply   | {3 * q}   | {q}   | true
        ann    | flo     | like    | {0.5 * q} | {q / 2} | false
        ann    | gus     | reshare | {q}       | {q}   | false
    """)
    fall = scored("v4", pairs(ANN), shipped)["ann"] - scored("v4", older, shipped)["ann"]
    assert 0 < fall <= 99 / log1p(shipped.default_topic_reference) * log(2) / 30 + 0.0001
