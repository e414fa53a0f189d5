"""The frozen scale, its ceiling, and lines that add up to the digit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from jobs.scoring.registry import algorithm
from jobs.scoring.scale import network_lines, scored_lines, summed_lines
from tests.frames import materialise


def test_what_would_pass_a_hundred_is_cut_off_by_a_line_of_its_own(crowd, lines, scored):
    """127 engagers are 99 * 7/6 = 115.5 points high; the ceiling takes 16.5 of them back."""
    stars = crowd(ann=127)
    assert lines("v1", stars) == {"ann": {("net", "reply"): 115.5, ("_all", "ceiling"): -16.5}}
    assert scored("v1", stars) == {"ann": 100.0}


def test_exactly_a_hundred_needs_no_ceiling(crowd, lines):
    assert lines("v1", crowd(ann=63)) == {"ann": {("net", "reply"): 99.0}}


def test_a_small_topic_has_a_reference_of_its_own_and_the_roll_up_another(pairs, scored, easy):
    """S10, S47: seven engagers are 100 where R_t = 7, 50.5 where R_t = 63, and 34 in a roll-up with R = 511."""
    references = replace(easy, topic_references={"lace": 7.0}, reference=511.0)
    rows = [f"{topic} | ann | eve-{n}" for topic in ("lace", "jazz", "_overall") for n in range(7)]
    assert scored("v1", pairs("\n".join(["topic_id | author | engager", *rows])), references) == {
        ("ann", "lace"): 1 + 99 * 3 / 3,
        ("ann", "jazz"): 1 + 99 * 3 / 6,
        ("ann", "_overall"): 1 + 99 * 3 / 9,
    }


def test_rounded_lines_add_up_to_the_rounded_score(pairs, lines, scored):
    """99 * log2(7) / 6 is 46.32136, a sixth of it 7.720226: the two ten-thousandths left over go to the first kinds."""
    bob = pairs("""
        author | engager | kind
        bob    | eve     | like
        bob    | flo     | quote
        bob    | gus     | reply
        bob    | hal     | reshare
        bob    | ida     | vote
        bob    | jon     | mention
    """)
    found = lines("v1", bob)["bob"]
    assert found == {("net", "like"): 7.7203, ("net", "mention"): 7.7203, ("net", "quote"): 7.7202,
                     ("net", "reply"): 7.7202, ("net", "reshare"): 7.7202, ("net", "vote"): 7.7202}
    assert scored("v1", bob) == {"bob": 47.3214}
    assert sum(Decimal(str(points)) for points in found.values()) == Decimal("47.3214") - 1


def test_before_rounding_lines_sum_to_the_height_within_1e_9(pairs, easy):
    three = pairs("""
        author | engager | network | kind  | reactions
        ann    | eve     | forum   | like  |         3
        ann    | eve     | forum   | reply |       1.7
        ann    | flo     | wire    | reply |       0.3
        ann    | gus     | list    | reply |       0.01
    """)
    summed = summed_lines({"v2": algorithm("v2")}, three, materialise)
    rows = scored_lines(network_lines(summed, {"v2": easy}), {"v2": easy}).collect()
    assert sum(row["exact_points"] for row in rows) == pytest.approx(rows[0]["height"], rel=0, abs=1e-9)
