"""A night after nights without a release: one block must not block all that follow (decision 0005)."""

import numpy as np
import pytest

from jobs.gate.history import judged
from tests.gate.test_history import BUDGET, LAST, judge, moved, usual, world


@pytest.fixture(scope="module")
def history():
    return world()


@pytest.mark.parametrize(("move", "passes_with", "passes_without"), [
    ({"log_activity__every": -0.9}, True, False),
    ({"log_rows__every": -0.9}, False, False),
])
def test_while_a_missing_night_s_posts_draw_reactions_counts_by_author_may_fall_and_rows_may_not(
        history, move, passes_with, passes_without):
    """A blocked night's posts are unknown to those after it (decision 0005); one block must not block the next."""
    tonight = moved(history, **move)
    with_a_gap = history.drop(index=[history.index[-2]])
    assert judged(with_a_gap, tonight, LAST, [], BUDGET).is_within_budget == passes_with
    assert judged(history, tonight, LAST, [], BUDGET).is_within_budget == passes_without


def test_a_night_after_a_gap_may_have_moved_by_two_nights_at_once(history):
    steady = history.copy()
    steady["iqr_delta/all/v2"] = 0.3 + np.random.default_rng(1).normal(0, 0.01, len(history))
    twice = usual(steady)
    twice["iqr_delta/all/v2"] = 0.6
    assert not judge(steady, twice).is_within_budget
    assert judge(steady.iloc[:-1], twice).is_within_budget
