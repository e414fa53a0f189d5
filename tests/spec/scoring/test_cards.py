"""The worked examples of the cards are what the code says."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.decay import HALF_LIFE_DAYS
from jobs.released import load_registry
from jobs.scoring.calibration import load_calibration
from jobs.scoring.rows import FEWEST_DAYS, FEWEST_ENGAGERS, FEWEST_POSTS
from jobs.scoring.scale import NORM_EXPONENT

CARDS = Path(__file__).resolve().parents[3] / "docs" / "algorithms"

EXAMPLES = {
    "v1": """
        topic_id | author | engager | kind  | reactions | touch
        _overall | ann    | eve     | reply |        51 |     1
        _overall | ann    | flo     | like  |         1 |   0.5
        _overall | ann    | gus     | like  |         1 |  0.25
    """,
    "v2": """
        topic_id | author | engager | kind  | reactions | touch
        _overall | ann    | eve     | reply |         2 |     1
        _overall | ann    | eve     | like  |         1 |     1
        _overall | ann    | flo     | like  |       0.5 |   0.5
        _overall | ann    | gus     | reply |         1 |     1
    """,
}


def test_the_cards_print_the_scores_and_lines_of_their_examples(pairs, scored, lines):
    for version, example in EXAMPLES.items():
        card = (CARDS / f"{version}.md").read_text()
        at_par = replace(load_calibration(version), network_medians={})
        found = lines(version, pairs(example), at_par)["ann"]
        assert f"**{scored(version, pairs(example), at_par)['ann']:.4f}**: {found['net', 'reply']:.4f} points for replies" in card
        assert f"{found['net', 'like']:.4f} for likes" in card


@pytest.mark.parametrize("version", sorted(load_registry().released))
def test_the_cards_print_the_numbers_of_the_code(version):
    card = (CARDS / f"{version}.md").read_text()
    for words in (f"half-life `h` | {HALF_LIFE_DAYS} days", f"norm exponent `p` | {NORM_EXPONENT} ",
                  f"{FEWEST_ENGAGERS} engagers, {FEWEST_POSTS} posts, {FEWEST_DAYS} days",
                  f"reference `R` | {load_calibration(version).reference:,.0f} "):
        assert words in card, words
