"""What a score must beat: plain counts, PageRank and EigenTrust on who reacted to whom. Arrays in, arrays out.

An edge says that an engager reacted to an author; accounts are numbered from 0. Sources: Page and others 1998;
Kamvar and others 2003, with the stop rule of go-eigentrust (MIT), so that its printed numbers can be compared.
"""

import numpy as np
from scipy import sparse

DAMPING = 0.85
"""Share of rank that follows edges: the value of the PageRank paper."""

RANK_TOLERANCE = 1e-12
MOST_ITERATIONS = 1_000

PRE_TRUST_SHARE = 0.5
"""alpha: share of trust that is taken from the seeds, the default of go-eigentrust's client."""

TRUST_TOLERANCE = 1e-6
"""Divided by the number of accounts, as go-eigentrust does: the Euclidean change at which its iteration stops."""

SEED_COUNT = 50
"""Seeds of the EigenTrust baseline: as many as in the evidence page, section 11."""


def edge_weights(engagers: np.ndarray, authors: np.ndarray, weights: np.ndarray, accounts: int) -> sparse.csr_matrix:
    """Matrix of summed weights, engager by row and author by column."""
    return sparse.csr_matrix((weights.astype(float), (engagers, authors)), shape=(accounts, accounts))


def page_rank(edges: sparse.csr_matrix, damping: float = DAMPING) -> np.ndarray:
    """PageRank of every account; sums to 1. An account without edges spreads its rank evenly over all."""
    accounts = edges.shape[0]
    evenly = np.full(accounts, 1.0 / accounts)
    rank = evenly
    for _ in range(MOST_ITERATIONS):
        moved = damping * _passed_on(edges, rank, evenly) + (1 - damping) * evenly
        if np.abs(moved - rank).sum() < RANK_TOLERANCE:
            return moved
        rank = moved
    return rank


def eigen_trust(edges: sparse.csr_matrix, pre_trust: np.ndarray, alpha: float = PRE_TRUST_SHARE) -> np.ndarray:
    """Trust of every account, t = (1 - alpha) C't + alpha p; sums to 1.

    pre_trust: relative trust in the seeds, at least one above 0. An account that trusts nobody trusts the seeds.
    """
    seeds = pre_trust / pre_trust.sum()
    tolerance = TRUST_TOLERANCE / len(seeds)
    trust = seeds
    for _ in range(MOST_ITERATIONS):
        moved = (1 - alpha) * _passed_on(edges, trust, seeds) + alpha * seeds
        if np.linalg.norm(moved - trust) <= tolerance:
            return moved
        trust = moved
    return trust


def strongest(values: np.ndarray, count: int) -> np.ndarray:
    """1 for the accounts with the highest values, 0 for the others; ties go to the lower number."""
    chosen = np.zeros(len(values))
    chosen[np.argsort(-values, kind="stable")[:count]] = 1.0
    return chosen


def additive_mean(signals: np.ndarray, weights: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Log-bounded weighted mean per row, sum a ln(1 + min(S, T)) / ln(1 + T) / sum a.

    Source: ossf/criticality_score (Apache-2.0), Rob Pike's formula; an engine of logarithmic parts that add up.
    """
    parts = np.log1p(np.minimum(signals, bounds)) / np.log1p(bounds)
    return parts @ weights / weights.sum()


def _passed_on(edges: sparse.csr_matrix, held: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """What every account receives when each shares what it holds along its edges, or as `otherwise` without any."""
    given = np.asarray(edges.sum(axis=1)).ravel()
    has_edges = given > 0
    shares = np.divide(held, given, out=np.zeros_like(held), where=has_edges)
    return edges.T @ shares + held[~has_edges].sum() * otherwise
