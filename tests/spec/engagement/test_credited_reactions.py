"""From delivered reactions to counted ones: who is credited, for what, and who is left out before anything is derived."""

from datetime import date

import pytest

from jobs.engagement.days import (
    credited_interactions,
    engagement_day,
    resolved_interactions,
    todays_posts,
    without_suppressed,
)
from jobs.tables import TABLES

NIGHT = date(2030, 1, 10)

KNOWN_POSTS = """
    network | post_id | topic_id | author_account_id | parent_post_id
    net     | q1      | jazz     | ann               |
    net     | q1      | swing    | ann               |
    net     | a1      | jazz     | bob               | q1
    net     | hidden  | jazz     |                   |
    net     | plain   |          | ann               |
    other   | q1      | chess    | zoe               |
"""
"""Posts of this day and of days before, with their topics; the author of one is hidden, one has no topic."""


@pytest.fixture
def resolved(table):
    """Reactions from `id | kind | engager | author | post | source`, resolved against KNOWN_POSTS."""

    def build(*rows: str):
        header = ("interaction_id | kind | engager_account_id | author_account_id | post_id | source_post_id"
                  " | network | interaction_count:long")
        reactions = table("\n".join([header, *[f"{row} | net | 1" for row in rows]]))
        return resolved_interactions(reactions, table(KNOWN_POSTS))

    return build


@pytest.fixture
def nobody(table):
    return table("network | account_id")


def pairs(rows) -> dict:
    return {row["interaction_id"]: (row["engager_account_id"], row["author_account_id"]) for row in rows.collect()}


def counts(day) -> dict:
    return {(row["topic_id"], row["engager_account_id"], row["author_account_id"], row["kind"]): row["interaction_count"]
            for row in day.collect()}


def test_a_late_reaction_finds_the_author_of_its_post(resolved):
    """The delivery of today names only the post, which was written days ago; ids are of their network alone."""
    assert pairs(resolved("r1 | like | eve | | q1 |")) == {"r1": ("eve", "ann")}


def test_an_accepted_answer_is_an_endorsement_by_the_asker(resolved):
    assert pairs(resolved("r1 | endorsement | | | a1 |")) == {"r1": ("ann", "bob")}


def test_an_endorsement_of_an_answer_whose_question_is_unknown_has_no_engager(resolved):
    assert pairs(resolved("r1 | endorsement | | | q1 |")) == {"r1": (None, "ann")}


def test_only_what_has_an_author_and_is_not_ones_own_may_count(resolved, nobody):
    """A6: own reactions never count; an unknown post or a hidden author credits nobody."""
    rows = resolved("own | like | ann | ann | q1 |", "lost | like | eve | | gone |", "veiled | like | eve | | hidden |",
                    "total | vote | | | q1 |", "named | mention | eve | cy | | a1")
    assert pairs(rows)["lost"] == ("eve", None)
    assert pairs(credited_interactions(rows, nobody)) == {"total": (None, "ann"), "named": ("eve", "cy")}


def test_people_on_a_list_are_joined_out_whether_they_react_or_are_reacted_to(resolved, table):
    """S55, S56: by account and network, before anything is counted; cy of another network is somebody else."""
    listed = table("""
        network | account_id
        net     | ann
        net     | minor
        other   | cy
    """)
    rows = resolved("r1 | like | eve | | q1 |", "r2 | like | minor | | a1 |", "r3 | like | cy | | a1 |",
                    "r4 | vote | | | a1 |")
    assert pairs(credited_interactions(rows, listed)) == {"r3": ("cy", "bob"), "r4": (None, "bob")}


def test_posts_of_people_on_a_list_are_not_even_known(table):
    posts = without_suppressed(table(KNOWN_POSTS), table("network | account_id\nnet | ann"))
    assert {(row["network"], row["post_id"]) for row in posts.collect()} == {("net", "a1"), ("net", "hidden"), ("other", "q1")}


def test_a_reaction_counts_in_each_topic_of_its_post_and_once_in_the_roll_up(resolved, nobody, table):
    rows = credited_interactions(resolved("r1 | like | eve | | q1 |", "r2 | like | eve | | q1 |", "r3 | like | eve | | plain |"),
                                 nobody)
    assert counts(engagement_day(rows, table(KNOWN_POSTS), NIGHT)) == {
        ("jazz", "eve", "ann", "like"): 2,
        ("swing", "eve", "ann", "like"): 2,
        ("_overall", "eve", "ann", "like"): 2 + 1,
    }


def test_a_reaction_to_an_unknown_post_is_about_what_the_reacting_post_is_about(resolved, nobody, table):
    """A reply from a1 to a post outside the feed, and a mention in a1, are both about jazz."""
    rows = credited_interactions(resolved("r1 | reply | bob | zoe | gone | a1", "r2 | mention | bob | cy | | a1"), nobody)
    assert counts(engagement_day(rows, table(KNOWN_POSTS), NIGHT)) == {
        ("jazz", "bob", "zoe", "reply"): 1,
        ("_overall", "bob", "zoe", "reply"): 1,
        ("jazz", "bob", "cy", "mention"): 1,
        ("_overall", "bob", "cy", "mention"): 1,
    }


def test_zero_engagement_leaves_no_row(resolved, nobody, table):
    assert engagement_day(credited_interactions(resolved(), nobody), table(KNOWN_POSTS), NIGHT).collect() == []


def test_a_post_is_new_once_and_keeps_its_day_and_the_topics_found_for_it(table):
    posts = table("""
        network | post_id | author_account_id | parent_post_id | posted_at:timestamp
        net     | p1      | ann               |                | 2030-01-10T23:59:59Z
        net     | p2      | ann               | p1             | 2030-01-10T00:00:00Z
        net     | p3      | ann               |                | 2030-01-10T12:00:00Z
    """)
    post_topics = table("""
        network | post_id | topic_id | matched_term | match_source
        net     | p1      | jazz     | bebop        | lexicon
        net     | p2      | jazz     | jazz         | inherited
    """)
    earlier = table("network | post_id\nnet | p3\nother | p1")
    rows = {row["post_id"]: row for row in todays_posts(posts, post_topics, earlier).collect()}
    assert {name: (row["topic_id"], row["match_source"]) for name, row in rows.items()} == {
        "p1": ("jazz", "lexicon"), "p2": ("jazz", "inherited")}
    assert {row["posted_date"] for row in rows.values()} == {NIGHT}


def test_the_counts_of_a_day_have_the_columns_of_their_table(resolved, nobody, table):
    day = engagement_day(credited_interactions(resolved("r1 | like | eve | | q1 |"), nobody), table(KNOWN_POSTS), NIGHT)
    assert day.columns == TABLES["feature__engagement_days"].column_names
