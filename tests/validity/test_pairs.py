"""Judged pairs: a file with a known truth gives it back."""

import numpy as np
import pandas as pd
import pytest

from bench.pairs import FOLDS, cross_validated, judged, read_pairs
from jobs.errors import BadInput
from jobs.scoring.learning import auc, fit_weights


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """3,000 pairs judged by 1.0 ln(1 + reached) + 0.3 ln(1 + answered), with a feature that says nothing."""
    random = np.random.default_rng(11)
    parts = {f"{side}_{name}": random.lognormal(3, 2, 3_000).round() for side in "AB"
             for name in ("reached", "answered", "posted")}
    logs = {name: np.log1p(value) for name, value in parts.items()}
    margin = (logs["A_reached"] - logs["B_reached"]) + 0.3 * (logs["A_answered"] - logs["B_answered"])
    chosen = (random.random(3_000) < 1 / (1 + np.exp(-margin))).astype(int)
    path = tmp_path_factory.mktemp("pairs") / "pairs.csv"
    pd.DataFrame({"Choice": chosen, **parts}).to_csv(path, index=False)
    return path


def test_the_planted_truth_comes_out(file):
    names, pairs = read_pairs(file, "Choice")
    rows = {row.predictor: row for row in judged(names, pairs, FOLDS, 0)}
    learned = rows["learned, non-negative"]
    assert names == ["reached", "answered", "posted"]
    assert learned.weights == pytest.approx({"reached": 1.0, "answered": 0.3, "posted": 0.0}, abs=0.08)
    assert learned.auc > max(rows["reached"].auc, rows["equal weights"].auc) > rows["answered"].auc
    assert abs(rows["posted"].auc - 0.5) < 3 * rows["posted"].auc_error
    assert 0.7 < learned.accuracy < learned.auc


def test_no_pair_is_judged_by_weights_that_have_seen_it(file):
    """Labels without any pattern: weights that had seen their pairs would beat chance."""
    names, pairs = read_pairs(file, "Choice")
    random = np.random.default_rng(3)
    noise = type(pairs)(random.normal(size=(300, 40)), random.integers(0, 2, 300))
    values = cross_validated(noise, FOLDS, 0, lambda seen: fit_weights(seen.differences, seen.labels))
    own = noise.differences @ fit_weights(noise.differences, noise.labels)
    assert auc(own, noise.labels) > 0.62
    assert abs(auc(values, noise.labels) - 0.5) < 0.1


def test_the_same_seed_gives_the_same_folds(file):
    names, pairs = read_pairs(file, "Choice")
    assert judged(names, pairs, 5, 1) == judged(names, pairs, 5, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [("Choice,A_x\n1,2\n", "A_<feature>"), ("A_x,B_x\n1,2\n", "'Choice'"), ("Choice,A_x,B_x\n1,-2,3\n", "A_x"), ("Choice,A_x,B_x\n1,2,\n", "B_x")],
)
def test_a_file_of_another_shape_is_refused(tmp_path, text, says):
    (tmp_path / "pairs.csv").write_text(text)
    with pytest.raises(BadInput, match=says):
        read_pairs(tmp_path / "pairs.csv", "Choice")
