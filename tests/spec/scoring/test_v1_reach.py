"""v1 reach: every engager counts once, fading with the time since the last touch. S = 1 + 99 * log2(1 + X) / 6."""

from functools import partial

import pytest
from pyspark.sql import functions as F

approx = partial(pytest.approx, rel=0, abs=0.00005)
"""Scores are published to four digits."""


def test_the_score_counts_different_people_on_a_logarithmic_scale(crowd, scored):
    """S10: three engagers are 34, seven 50.5, sixty-three 100."""
    assert scored("v1", crowd(ann=3, bob=7, cy=63)) == approx({
        "ann": 1 + 99 * 2 / 6,
        "bob": 1 + 99 * 3 / 6,
        "cy": 1 + 99 * 6 / 6,
    })


def test_an_engager_who_comes_back_a_hundred_times_counts_once(pairs, scored):
    assert scored("v1", pairs("""
        author | engager | reactions
        ann    | eve     |       100
        ann    | flo     |         1
        ann    | gus     |         1
    """)) == approx({"ann": 1 + 99 * 2 / 6})


def test_an_engager_fades_by_half_in_a_half_life_since_the_last_touch(pairs, scored):
    assert scored("v1", pairs("""
        author | engager | touch
        ann    | eve     |   0.5
        ann    | flo     |   0.5
        bob    | eve     |  0.25
        bob    | flo     |  0.25
        bob    | gus     |   0.5
    """)) == approx({"ann": 1 + 99 * 1 / 6, "bob": 1 + 99 * 1 / 6})


def test_the_newest_touch_of_a_pair_decides_its_credit_and_its_line(pairs, lines):
    assert lines("v1", pairs("""
        author | engager | kind    | touch
        ann    | eve     | like    |   0.5
        ann    | eve     | reshare |   1.0
    """)) == {"ann": {("net", "reshare"): 99 * 1 / 6}}


def test_lines_share_the_points_in_proportion_to_their_credit(pairs, lines):
    assert lines("v1", pairs("""
        author | engager | kind
        ann    | eve     | like
        ann    | flo     | reply
        ann    | gus     | reply
    """)) == {"ann": {("net", "like"): 33 * 1 / 3, ("net", "reply"): 33 * 2 / 3}}


def test_a_linked_engager_counts_once_and_on_the_network_where_the_pair_met(pairs, lines):
    """S60: eve is one person on two networks; her newest touch, elsewhere, keeps the credit of the first network."""
    assert lines("v1", pairs("""
        author | engager | network | touch | first_interacted_date
        ann    | eve     | forum   |   0.5 | 2030-01-01
        ann    | eve     | wire    |   1.0 | 2030-01-02
    """)) == {"ann": {("forum", "reply"): 99 * 1 / 6}}


def test_people_with_equal_credit_share_a_score(pairs, scored):
    """S29: the order of the names, and who the engagers are, do not matter."""
    scores = scored("v1", pairs("""
        author | engager
        zoe    | eve
        ann    | flo
        mia    | gus
    """))
    assert set(scores.values()) == {1 + 99 * 1 / 6}


def test_every_topic_is_scored_for_itself(pairs, scored):
    assert scored("v1", pairs("""
        topic_id | author | engager
        jazz     | ann    | eve
        chess    | ann    | eve
        chess    | ann    | flo
        chess    | ann    | gus
    """)) == approx({("ann", "jazz"): 1 + 99 * 1 / 6, ("ann", "chess"): 1 + 99 * 2 / 6})


def test_nobody_reacted_gives_no_row_and_no_number(crowd, scored):
    assert scored("v1", crowd(ann=1).where(F.lit(False))) == {}
