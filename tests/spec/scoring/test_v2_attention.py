"""v2 attention: c = m / (m + 1) per engager, and a budget of fifty. S = 1 + 99 * log2(1 + X) / 6."""

from functools import partial
from math import log2

import pytest
from pyspark.sql import functions as F

approx = partial(pytest.approx, rel=0, abs=0.00005)
"""Scores are published to four digits."""

EAGER = "\n".join(["author|engager|reactions", *[f"author-{n:03}|eve|3" for n in range(100)]])
"""One engager who reacts three times to each of a hundred people: 100 * 3/4 = 75 full credits, 25 over the budget."""


def test_an_engager_who_comes_back_counts_more_but_never_more_than_one(pairs, scored):
    """A3: one reaction is 1/2, three are 3/4, seven are 7/8, a million are not yet 1."""
    scores = scored("v2", pairs("""
        author | engager | reactions
        ann    | eve     |         1
        ann    | flo     |         1
        bob    | eve     |         3
        bob    | flo     |         3
        bob    | gus     |         3
        bob    | hal     |         3
        cy     | eve     |   1000000
    """))
    assert scores["ann"] == approx(1 + 99 * 1 / 6)
    assert scores["bob"] == approx(1 + 99 * 2 / 6)
    assert scores["cy"] == approx(1 + 99 * 1 / 6)


def test_two_people_count_more_than_one_who_reacts_twice(pairs, scored):
    scores = scored("v2", pairs("""
        author | engager | reactions
        ann    | eve     |         1
        ann    | flo     |         1
        bob    | gus     |         2
    """))
    assert scores["ann"] > scores["bob"]


def test_lines_share_a_pair_in_proportion_to_its_reactions(pairs, lines):
    """Three reactions of eve are 3/4, of which two thirds came from replies; flo adds 1/4 by an old like."""
    assert lines("v2", pairs("""
        author | engager | kind  |          reactions
        ann    | eve     | reply |                  2
        ann    | eve     | like  |                  1
        ann    | flo     | like  | 0.3333333333333334
    """)) == {"ann": {("net", "reply"): approx(16.5 * 2 / 4), ("net", "like"): approx(16.5 * 2 / 4)}}


def test_an_engager_over_budget_gives_each_author_less_in_a_line_of_its_own(pairs, lines, scored):
    """A2: eve gives 3/4 * 50/75 = 1/2 to each: +3/4 for the replies, -1/4 for the budget."""
    eager = pairs(EAGER)
    points = 99 * log2(1.5) / 6
    assert lines("v2", eager)["author-007"] == {
        ("net", "reply"): approx(points * 0.75 / 0.5), ("net", "actor_budget"): approx(points * -0.25 / 0.5)}
    assert scored("v2", eager) == approx({f"author-{n:03}": 1 + points for n in range(100)})


def test_the_budget_binds_in_each_topic_by_itself(pairs, lines):
    other_topic = pairs("author|engager|topic_id|reactions\nann|eve|chess|3")
    assert lines("v2", pairs(EAGER).unionByName(other_topic))["ann"] == {
        ("net", "reply"): approx(99 * log2(1.75) / 6)}


def test_a_budget_that_does_not_bind_leaves_no_line(pairs, lines):
    fifty = pairs("\n".join(["author|engager|reactions", *[f"a{n}|eve|1000" for n in range(50)]]))
    assert {kind for author in lines("v2", fifty).values() for _, kind in author} == {"reply"}


def test_a_linked_engager_is_pooled_and_credited_where_the_pair_met(pairs, lines):
    """S60: one reply on each of three networks is one pair with m = 3, not three pairs with m = 1."""
    assert lines("v2", pairs("""
        author | engager | network | first_interacted_date
        ann    | eve     | forum   | 2030-01-02
        ann    | eve     | list    | 2030-01-01
        ann    | eve     | wire    | 2030-01-03
    """)) == {"ann": {("list", "reply"): approx(99 * log2(1.75) / 6)}}


def test_networks_on_which_a_pair_met_the_same_day_are_taken_in_the_order_of_their_names(pairs, lines):
    assert list(lines("v2", pairs("""
        author | engager | network
        ann    | eve     | wire
        ann    | eve     | forum
    """))["ann"]) == [("forum", "reply")]


def test_nobody_reacted_gives_no_line(crowd, lines):
    assert lines("v2", crowd(ann=1).where(F.lit(False))) == {}
