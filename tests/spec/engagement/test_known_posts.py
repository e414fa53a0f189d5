"""The state of known posts: how many people reacted, how lately, and when a post is forgotten."""

from datetime import date, timedelta

import pytest

from jobs.decay import UNIT
from jobs.engagement.state import POST_LIVE_DAYS, folded_posts
from jobs.tables import TABLES

NIGHT = date(2030, 3, 31)

STATE = """
    snapshot_date:date | network | post_id | topic_id | author_account_id | parent_post_id | posted_date:date | matched_term | match_source | decayed_weight:bigint | interaction_count:bigint | last_interacted_date:date
"""


@pytest.fixture
def folded(table):
    """The state after a night, from `post | written days ago | weight | days ago` and `post | engager | count | kind`."""

    def build(earlier: list[str], reactions: list[str]) -> dict:
        known = [f"{NIGHT - timedelta(days=1)} | net | {_state_of(row)}" for row in earlier]
        state = table("\n".join([STATE.strip(), *known]))
        credited = table("\n".join(["post_id | engager_account_id | interaction_count:bigint | kind | network",
                                    *[f"{row} | net" for row in reactions]]))
        fresh = state.drop("snapshot_date", "decayed_weight", "interaction_count", "last_interacted_date").where("1 = 0")
        rows = folded_posts(state, fresh, credited, NIGHT)
        assert rows.columns == TABLES["feature__post_state"].column_names
        return {row["post_id"]: row for row in rows.collect()}

    return build


def _state_of(row: str) -> str:
    post, written, weight, ago = (cell.strip() for cell in row.split("|"))
    touched = NIGHT - timedelta(days=int(ago)) if ago else ""
    return (f"{post} | jazz | ann | | {NIGHT - timedelta(days=int(written))} | jazz | label"
            f" | {int(float(weight) * UNIT)} | 0 | {touched}")


def test_different_people_of_a_day_weigh_and_earlier_ones_fade(folded):
    """Four people thirty days ago are two, and two more today make four; five reactions are counted."""
    rows = folded(["p1 | 40 | 4 | 30"], ["p1 | eve | 4 | like", "p1 | flo | 1 | reply"])
    assert rows["p1"]["decayed_weight"] == (4 / 2 + 2) * UNIT
    assert rows["p1"]["interaction_count"] == 4 + 1
    assert rows["p1"]["last_interacted_date"] == NIGHT


def test_reactions_nobody_is_named_for_and_mentions_do_not_make_a_post_evidence(folded):
    rows = folded(["p1 | 1 | 0 |", "p2 | 1 | 0 |"], ["p1 | | 9 | vote", "p2 | eve | 1 | mention"])
    assert {post: (row["decayed_weight"], row["interaction_count"]) for post, row in rows.items()} == {
        "p1": (0, 9), "p2": (0, 0)}


def test_a_post_is_forgotten_when_it_is_old_and_its_reactions_are_too(folded):
    """S35: half a year of silence after one reaction leaves 2^-6; after 600 days, twenty half-lives, nothing is live."""
    rows = folded([f"recent | {POST_LIVE_DAYS} | 0 |", f"silent | {POST_LIVE_DAYS + 1} | 0 |",
                   "warm | 181 | 1 | 180", "cold | 632 | 1 | 631"], [])
    assert set(rows) == {"recent", "warm"}
