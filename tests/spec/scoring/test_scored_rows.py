"""The staged rows: standing, missing evidence in words, evidence posts in order."""

from datetime import date
from decimal import Decimal

import pytest

from jobs.decay import UNIT
from jobs.rounding import PARTS_PER_POINT
from jobs.scoring.rows import Night, contributions, evidence_posts, scores

NIGHT = Night(date(2030, 1, 31), ("v1",), stale_networks=None)

LINES = """
    algorithm_version | author_person_id | topic_id | network | kind  | influence_score:decimal(9,4) | score_credit:double | exact_points:double | total_parts:long | distinct_engager_count:long | last_kind_date:date
"""

ENOUGH = "3 | 2 | 2 | 0"
"""Engagers, posts, days, and reactions nobody is named for: exactly what a score needs."""


@pytest.fixture
def evidence(table):
    """What stands behind people, from lines of `author | topic | engagers | posts | days | anonymous`."""

    def build(*rows: str):
        header = ("author_person_id | topic_id | distinct_engager_count:long | reacted_post_count:long"
                  " | active_day_count:long | anonymous_reaction_count:long")
        return table("\n".join([header, *rows]))

    return build


@pytest.fixture
def reached(table):
    """One line of points per person, from `author | topic | score`."""

    def build(*rows: str):
        parts = [[cell.strip() for cell in row.split("|")] for row in rows]
        full = [f"v1 | {author} | {topic} | net | reply | {score} | 1 | {Decimal(score) - 1} | {(Decimal(score) - 1) * PARTS_PER_POINT} | 3 | 2030-01-31"
                for author, topic, score in parts]
        return table("\n".join([LINES.strip(), *full]))

    return build


def column(frame, name: str) -> dict:
    return {row["person_id"]: row[name] for row in frame.collect()}


def test_ties_share_the_better_rank_and_the_percentile(evidence, reached):
    scored = scores(NIGHT, evidence(*[f"{who} | jazz | {ENOUGH}" for who in ("ann", "bob", "cy", "dee")]),
                    reached("ann | jazz | 34", "bob | jazz | 34", "cy | jazz | 50.5", "dee | jazz | 17.5"))
    assert column(scored, "rank") == {"cy": 1, "ann": 2, "bob": 2, "dee": 4}
    assert column(scored, "percentile") == {"cy": 100 * 4 / 4, "ann": 100 * 3 / 4, "bob": 100 * 3 / 4, "dee": 100 * 1 / 4}


def test_a_topic_of_one_person_has_a_first_place_and_a_score_like_any_other(evidence, reached):
    """S47: the score comes from the frozen scale; standing among nobody does not raise or lower it."""
    row, = scores(NIGHT, evidence(f"ann | lace | {ENOUGH}"), reached("ann | lace | 34")).collect()
    assert (row["influence_score"], row["rank"], row["percentile"]) == (Decimal(34), 1, Decimal(100))


def test_an_empty_topic_has_no_rows(evidence, reached):
    assert scores(NIGHT, evidence(), reached()).collect() == []


def test_missing_evidence_is_a_state_that_names_the_threshold_and_never_a_number(evidence, reached):
    """S32, S36: the first threshold missed is named; whoever misses none is scored."""
    scored = scores(
        NIGHT,
        evidence("ann | jazz | 2 | 2 | 2 | 0", "bob | jazz | 3 | 1 | 2 | 0", "cy | jazz | 3 | 2 | 1 | 0",
                 "dee | jazz | 0 | 0 | 0 | 9", "eve | jazz | 3 | 2 | 2 | 0"),
        reached(*[f"{who} | jazz | 34" for who in ("ann", "bob", "cy", "eve")]))
    assert column(scored, "threshold_missed") == {
        "ann": "2 of 3 engagers", "bob": "1 of 2 posts", "cy": "1 of 2 days", "dee": "0 of 3 engagers", "eve": None}
    assert {row["person_id"]: row["state"] for row in scored.collect() if row["influence_score"] is None} == dict.fromkeys(
        ("ann", "bob", "cy", "dee"), "insufficient_evidence")
    assert column(scored, "influence_score")["eve"] == Decimal(34)


def test_people_without_a_score_have_no_standing_and_move_nobody(evidence, reached):
    scored = scores(NIGHT, evidence(f"ann | jazz | {ENOUGH}", "bob | jazz | 2 | 2 | 2 | 0"),
                    reached("ann | jazz | 34", "bob | jazz | 99"))
    assert column(scored, "rank") == {"ann": 1, "bob": None}
    assert column(scored, "percentile") == {"ann": Decimal(100), "bob": None}


def test_reactions_nobody_is_named_for_are_shown_beside_the_score(evidence, reached):
    scored = scores(NIGHT, evidence("ann | jazz | 3 | 2 | 2 | 500"), reached("ann | jazz | 34"))
    assert column(scored, "anonymous_reaction_count") == {"ann": 500}
    assert column(scored, "influence_score") == {"ann": Decimal(34)}


def test_only_a_score_is_taken_apart(evidence, reached):
    lines = reached("ann | jazz | 34", "bob | jazz | 34")
    scored = scores(NIGHT, evidence(f"ann | jazz | {ENOUGH}", "bob | jazz | 2 | 2 | 2 | 0"), lines)
    assert column(contributions(NIGHT, scored, lines), "points") == {"ann": Decimal(33)}


def test_a_missing_feed_is_shown_on_every_row(evidence, reached):
    """S16: the state is carried forward and marked, never scored as zero."""
    stale = Night(NIGHT.snapshot_date, ("v1",), stale_networks="forum, wire")
    assert column(scores(stale, evidence(f"ann | jazz | {ENOUGH}"), reached("ann | jazz | 34")), "stale_networks") == {
        "ann": "forum, wire"}


def test_evidence_is_the_three_posts_that_drew_the_most_people_lately(table, evidence, reached):
    """S33: 4 people thirty days ago weigh 2 today; equal weights come in the order of the ids."""
    posts = table(f"""
        author_person_id | topic_id | network | post_id | decayed_weight:long | interaction_count:long | last_interacted_date:date | matched_term | match_source
        ann              | jazz     | net     | old-4   | {4 * UNIT}          |                      4 | 2030-01-01                | jazz         | label
        ann              | jazz     | net     | new-3   | {3 * UNIT}          |                      3 | 2030-01-31                | jazz         | label
        ann              | jazz     | net     | new-2   | {2 * UNIT}          |                      9 | 2030-01-31                | bebop        | lexicon
        ann              | jazz     | net     | new-1   | {1 * UNIT}          |                      1 | 2030-01-31                | jazz         | label
        ann              | jazz     | net     | silent  | 0                   |                      7 |                           | jazz         | label
        ann              | chess    | net     | other   | {9 * UNIT}          |                      9 | 2030-01-31                | chess        | label
        bob              | jazz     | net     | unseen  | {9 * UNIT}          |                      9 | 2030-01-31                | jazz         | label
    """)
    scored = scores(NIGHT, evidence(f"ann | jazz | {ENOUGH}", "bob | jazz | 1 | 1 | 1 | 0"), reached("ann | jazz | 34"))
    rows = {row["evidence_rank"]: row for row in evidence_posts(NIGHT, scored, posts).collect()}
    assert {rank: (row["post_id"], row["reaction_weight"]) for rank, row in rows.items()} == {
        1: ("new-3", 3.0), 2: ("new-2", 2.0), 3: ("old-4", 4 / 2)}
    assert {row["person_id"] for row in rows.values()} == {"ann"}
    assert rows[2]["matched_term"] == "bebop"
