"""Agreement on an order, on lists short enough to count by hand."""

import numpy as np
import pytest

from jobs.audit.comparing.agreement import agreement_of, rank_biased_overlap, top_overlap


def places(order: str, people: str = "abcde") -> np.ndarray:
    return np.array([order.index(person) for person in people if person in order])


def test_rank_biased_overlap_of_a_hand_counted_pair():
    """Abc and acb share 1, 1, 3 people at depths 1, 2, 3: 1·0.5³ + 0.5/0.5·(1·0.5 + ½·0.25 + 1·0.125) = 0.875."""
    assert rank_biased_overlap(places("abc"), places("acb"), 0.5) == pytest.approx(0.875)


@pytest.mark.parametrize(("other", "expected"), [("abcde", 1.0), ("edcba", 0.4375)])
def test_rank_biased_overlap_ends_at_one_for_the_same_order(other, expected):
    """Reversed: shared 0, 0, 1, 3, 5 of 1 to 5, so 1/32 + (1/3)/8 + (3/4)/16 + 1/32 at p = 0.5."""
    if other == "edcba":
        expected = 1 / 32 + 1 / 24 + 3 / 64 + 1 / 32
    assert rank_biased_overlap(places("abcde"), places(other), 0.5) == pytest.approx(expected)


def test_a_change_at_the_top_weighs_more_than_one_at_the_bottom():
    same = places("abcde")
    assert rank_biased_overlap(same, places("bacde"), 0.9) < rank_biased_overlap(same, places("abced"), 0.9)


@pytest.mark.parametrize(("leaders", "expected"), [(1, 0.0), (2, 0.5), (3, 1.0), (5, None)])
def test_overlap_counts_those_who_lead_both_lists(leaders, expected):
    assert top_overlap(places("abcde"), places("bcade"), leaders) == expected


def test_measures_of_a_known_pair():
    """Kendall: of 6 pairs one is swapped, (5 - 1) / 6. Spearman: 1 - 6·(1 + 1) / (4·15)."""
    found = agreement_of(np.array([40.0, 30, 20, 10]), np.array([40.0, 30, 10, 20]))
    assert found["kendall_tau_b"] == pytest.approx(2 / 3, abs=1e-6)
    assert found["spearman"] == pytest.approx(0.8, abs=1e-6)
    assert (found["person_count"], found["top_100_overlap"]) == (4, None)


def test_scores_that_are_all_equal_have_no_correlation():
    found = agreement_of(np.array([10.0, 10, 10]), np.array([1.0, 2, 3]))
    assert (found["spearman"], found["kendall_tau_b"]) == (None, None)
