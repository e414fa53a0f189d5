"""From accounts to people: links, own accounts, and reactions nobody is named for."""

from datetime import date

import pytest

from jobs.decay import UNIT
from jobs.scoring.people import people_evidence, people_pairs, people_posts

NIGHT = date(2030, 1, 31)

LINKS = """
    network | account_id | person_id
    forum   | ann-f      | Ann
    wire    | ann-w      | Ann
    wire    | ann-too    | Ann
    forum   | eve-f      | Eve
    wire    | eve-w      | Eve
"""

POSTS = """
    network | post_id | topic_id | author_account_id | decayed_weight:long | interaction_count:long | last_interacted_date:date | matched_term | match_source
    forum   | p1      | jazz     | ann-f             | 4294967296          | 1                      | 2030-01-31                | jazz         | label
    forum   | p1      | swing    | ann-f             | 4294967296          | 1                      | 2030-01-31                | swing        | lexicon
    wire    | p2      | jazz     | ann-w             | 4294967296          | 1                      | 2030-01-31                | bebop        | lexicon
    wire    | p3      | jazz     | ann-w             | 0                   | 5                      |                           | jazz         | label
    wire    | p4      |          | ann-w             | 0                   | 0                      |                           |              |
    wire    | p5      | jazz     |                   | 0                   | 0                      |                           | jazz         | label
"""


@pytest.fixture
def links(table):
    return table(LINKS)


@pytest.fixture
def state(table):
    """Pairs of accounts from a printed table; reactions are decayed counts as of the last date, bits are days ago."""

    def build(text: str):
        return table(text).selectExpr(
            "network", "topic_id", "engager AS engager_account_id", "author AS author_account_id", "kind",
            f"CAST(CAST(reactions AS DOUBLE) * {UNIT} AS BIGINT) AS decayed_weight",
            "CAST(first AS DATE) AS first_interacted_date", "CAST(last AS DATE) AS last_interacted_date",
            "CAST(bits AS BIGINT) AS active_days_bits")

    return build


REACTIONS = """
    network | topic_id | engager | author | kind  | reactions | first      | last       | bits
    forum   | jazz     | eve-f   | ann-f  | reply |         4 | 2030-01-01 | 2030-01-01 |    0
    wire    | jazz     | eve-w   | ann-w  | reply |         1 | 2030-01-31 | 2030-01-31 |    1
    wire    | jazz     | flo     | ann-w  | like  |         2 | 2030-01-30 | 2030-01-31 |    3
    forum   | jazz     |         | ann-f  | vote  |         9 | 2030-01-31 | 2030-01-31 |    1
    wire    | jazz     | ann-too | ann-w  | reply |         9 | 2030-01-31 | 2030-01-31 |    4
    wire    | jazz     | gus     | zoe    | reply |         1 | 2030-01-31 | 2030-01-31 |    1
"""


def test_linked_accounts_are_one_person_and_nobody_engages_with_themself(state, links):
    """S60: ann's second account reacting to her first is no engagement; an unlinked account is a person of its own."""
    rows = people_pairs(state(REACTIONS), links, NIGHT).collect()
    assert {(row["author_person_id"], row["engager_person_id"], row["network"]): row["weight"] / UNIT
            for row in rows} == {
        ("Ann", "Eve", "forum"): 4 / 2,
        ("Ann", "Eve", "wire"): 1,
        ("Ann", "wire:flo", "wire"): 2,
        ("wire:zoe", "wire:gus", "wire"): 1,
    }


def test_the_touch_fades_with_the_days_since_the_last_reaction_whatever_the_count(state, links):
    rows = people_pairs(state(REACTIONS), links, NIGHT).collect()
    touches = {(row["engager_person_id"], row["network"]): row["touch"] / UNIT for row in rows}
    assert touches[("Eve", "forum")] == 1 / 2
    assert touches[("wire:flo", "wire")] == 1


def test_reactions_nobody_is_named_for_are_counted_beside_and_never_inside(state, links, table):
    """Eve counts once, flo once; nine anonymous votes and own replies add no engager and no day."""
    rows = people_evidence(state(REACTIONS), table(POSTS), links, NIGHT).collect()
    jazz = {row["author_person_id"]: row for row in rows if row["topic_id"] == "jazz"}["Ann"]
    assert jazz["distinct_engager_count"] == len({"Eve", "wire:flo"})
    assert jazz["active_day_count"] == len({"2030-01-31", "2030-01-30"})
    assert jazz["anonymous_reaction_count"] == 9
    assert jazz["reacted_post_count"] == len({"p1", "p2"})


def test_people_who_wrote_no_known_post_get_no_row(state, links, table):
    """S57: gus reacted to zoe, who only appears in the posts of others."""
    rows = people_evidence(state(REACTIONS), table(POSTS), links, NIGHT).collect()
    assert {row["author_person_id"] for row in rows} == {"Ann"}


def test_each_post_counts_once_in_the_roll_up_however_many_topics_it_has(links, table):
    rows = people_posts(table(POSTS), links).where("topic_id = '_overall'").collect()
    assert sorted(row["post_id"] for row in rows) == ["p1", "p2", "p3", "p4"]
