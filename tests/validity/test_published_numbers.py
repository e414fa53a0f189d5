"""Numbers that others published come out again; only numbers are retyped, from public READMEs."""

import numpy as np
import pytest

from bench.baselines import additive_mean, edge_weights, eigen_trust

SIGNALS = ("created", "updated", "contributors", "organisations", "commits", "releases", "updated_issues", "closed_issues", "comments", "mentions")
WEIGHTS = np.array([1, 1, 2, 1, 1, 0.5, 0.5, 0.5, 1, 2])
BOUNDS = np.array([120, 120, 5000, 10, 1000, 26, 5000, 5000, 15, 500_000])
"""Weights and upper bounds of config/scorer/original_pike.yml, of the same repository."""

SMALLER_IS_BETTER = "updated"

REPOSITORIES = """
created | updated | contributors | organisations | commits | releases | updated_issues | closed_issues | comments | mentions | published
0       | 0       | 1            | 1             | 0.1     | 0        | 0              | 0             | 0        | 0        | 0.13958
0       | 0       | 1            | 1             | 0.06    | 0        | 0              | 0             | 0        | 0        | 0.13907
0       | 0       | 1            | 1             | 0.1     | 0        | 0              | 0             | 0        | 0        | 0.13958
0       | 0       | 1            | 1             | 0.06    | 0        | 0              | 0             | 0        | 0        | 0.13907
0       | 0       | 274          | 7             | 17.19   | 0        | 356            | 344           | 0.19     | 2        | 0.43088
0       | 0       | 1            | 0             | 0.06    | 1        | 2              | 0             | 0        | 0        | 0.12770
0       | 0       | 2            | 1             | 0.44    | 0        | 2              | 2             | 2        | 0        | 0.20238
0       | 0       | 1            | 0             | 0.1     | 2        | 1              | 1             | 1        | 0        | 0.15949
0       | 0       | 1            | 1             | 0.04    | 1        | 4              | 1             | 1        | 0        | 0.18551
0       | 0       | 1            | 0             | 0.21    | 0        | 1              | 1             | 0        | 0        | 0.12112
0       | 0       | 1            | 1             | 0.33    | 0        | 2              | 1             | 0        | 0        | 0.15222
0       | 0       | 2            | 1             | 0.08    | 1        | 0              | 0             | 0        | 0        | 0.15841
0       | 0       | 2            | 2             | 1.02    | 5        | 33             | 25            | 0.97     | 0        | 0.26024
0       | 0       | 2            | 0             | 0.27    | 0        | 0              | 0             | 0        | 0        | 0.12310
0       | 0       | 2            | 0             | 0.23    | 0        | 10             | 0             | 0.4      | 1        | 0.15769
0       | 0       | 1            | 0             | 4.44    | 292      | 1              | 0             | 0        | 0        | 0.18558
0       | 0       | 1            | 1             | 0.1     | 0        | 0              | 0             | 0        | 0        | 0.13958
0       | 0       | 2            | 2             | 0.33    | 0        | 3              | 3             | 0.33     | 1        | 0.20273
0       | 0       | 1            | 0             | 0.04    | 0        | 0              | 0             | 0        | 0        | 0.11128
"""


def repositories() -> np.ndarray:
    """The printed rows as numbers, the published score in the last column."""
    _, *rows = REPOSITORIES.strip().splitlines()
    return np.array([[float(cell) for cell in row.split("|")] for row in rows])


def test_the_additive_engine_gives_the_scores_of_nineteen_repositories():
    """R1: ossf/criticality_score (Apache-2.0), cmd/scorer/README.md, signals and default_score in its sample file."""
    numbers = repositories()
    signals, published = numbers[:, :-1], numbers[:, -1]
    place = SIGNALS.index(SMALLER_IS_BETTER)
    signals[:, place] = BOUNDS[place] - signals[:, place]
    assert len(published) == 19
    assert np.round(additive_mean(signals, WEIGHTS, BOUNDS), 5).tolist() == published.tolist()


@pytest.mark.parametrize(
    ("alpha", "published"),
    [(0.5, [0.21705427907166472, 0.3023255429103218, 0.4806201780180134]),
     (0.1, [0.16536739107782936, 0.4401132971693594, 0.39451931175281096])],
)
def test_trust_iteration_gives_the_example_of_go_eigentrust(alpha, published):
    """R3: Karma3Labs/go-eigentrust (MIT), README: three peers, the second one trusted by both others, with both alphas.

    Its text calls the second run 0.01, its command says 0.1; the printed numbers are those of 0.1.
    """
    trusting, trusted, amount = np.array([0, 2, 0]), np.array([1, 1, 2]), np.array([100, 100, 75])
    trust = eigen_trust(edge_weights(trusting, trusted, amount, 3), np.array([50, 0, 100]), alpha)
    assert trust == pytest.approx(published, abs=1e-12)
