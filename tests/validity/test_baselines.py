"""Baselines and yardsticks against what can be worked out by hand."""

import numpy as np
import pytest

from bench.baselines import edge_weights, eigen_trust, page_rank, strongest
from bench.spread import rank_agreement, top_hits

DAMPING = 0.85

STANDINGS = """
account | score | later
ann     | 9     | 5
ben     | 7     | 1
cem     | 7     | 4
dot     | 3     | 0
eve     | 1     | 9
"""


def graph(edges: list[tuple[int, int]], accounts: int):
    engagers, authors = np.array(edges).T
    return edge_weights(engagers, authors, np.ones(len(edges)), accounts)


def standings() -> tuple[np.ndarray, np.ndarray]:
    _, *rows = [[cell.strip() for cell in line.split("|")] for line in STANDINGS.strip().splitlines()]
    return np.array([float(row[1]) for row in rows]), np.array([float(row[2]) for row in rows])


def test_a_ring_shares_rank_evenly():
    assert page_rank(graph([(0, 1), (1, 2), (2, 0)], 3)) == pytest.approx([1 / 3] * 3, abs=1e-9)


@pytest.mark.parametrize("leaves", [1, 4, 50])
def test_a_star_has_the_rank_of_its_closed_form(leaves):
    """Leaves point at a hub that points nowhere: leaf = (1-d)/N + d hub/N, hub = leaf + d leaves leaf."""
    accounts = leaves + 1
    leaf = 1 / (accounts + DAMPING * leaves)
    hub = leaf * (1 + DAMPING * leaves)
    found = page_rank(graph([(number, leaves) for number in range(leaves)], accounts))
    assert found == pytest.approx([leaf] * leaves + [hub], abs=1e-9)
    assert found.sum() == pytest.approx(1)


def test_trust_never_reaches_those_whom_no_seed_leads_to():
    """Two rings, the seed in the first: the second one gets nothing, however much it reacts to itself."""
    rings = graph([(0, 1), (1, 0), (2, 3), (3, 2)], 4)
    assert eigen_trust(rings, np.array([1.0, 0, 0, 0])) == pytest.approx([2 / 3, 1 / 3, 0, 0], abs=1e-5)


def test_spearman_takes_ties_by_their_mean_rank():
    """Ranks 5, 3.5, 3.5, 2, 1 against 4, 2, 3, 1, 5: products of the deviations sum to -0.5, over sqrt(9.5 * 10)."""
    scores, later = standings()
    assert rank_agreement(scores, later) == pytest.approx(-0.5 / np.sqrt(95.0), abs=1e-12)
    assert rank_agreement(np.ones(5), later) is None


@pytest.mark.parametrize(("count", "hits"), [(1, 0), (2, 1), (3, 2), (5, 4)])
def test_top_hits_count_those_in_both_lists(count, hits):
    """By score ann, ben, cem, dot, eve; by outcome eve, ann, cem, ben; dot drew nobody and has no place."""
    assert top_hits(*standings(), count) == hits


def test_ties_go_to_the_account_that_comes_first():
    assert strongest(np.array([1.0, 2.0, 2.0, 2.0]), 2).tolist() == [0, 1, 1, 0]
