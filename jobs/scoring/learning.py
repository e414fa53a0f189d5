"""The mathematics of a learned version: non-negative Bradley-Terry on pairs, judged by people or by the future.

Arrays and small frames in, numbers out; reading and writing is the caller's. Source: algorithms-evidence section 6 (v4)
and 10. A feature is f = ln(1 + part); a pair is the difference of two people's features.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import rankdata

from jobs.errors import BadInput, MissingInput

WEIGHT_DIGITS = 6
"""Digits of a published weight: far above what the solver leaves open, far below what a score shows."""

RIDGE = 1e-3
"""Strength of the quadratic penalty: makes the best weights unique, and moves them by less than sampling does."""

HORIZON_DAYS = 14
"""Days after the features that decide who drew more people."""

STEP_DAYS = 7
"""Days between two days to learn from: neighbouring days say nearly the same."""

MOST_PAIRS = 20_000
"""Pairs sampled for one day: a standard error of an AUC near 0.004."""

PartsOf = Callable[[date], pd.DataFrame]
"""From a day to the parts that are known on it, as features_of takes them."""

LaterOf = Callable[[date, pd.Index], pd.Series]
"""From a day and people to how many distinct people engaged with each in the horizon after it; who drew nobody may be
absent."""

_SOLVER = {"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-15, "gtol": 1e-10}


@dataclass(frozen=True)
class Pairs:
    """Pairs to learn from or to judge by; grain: pair of two people.

    differences: features of A minus those of B, one column a feature. labels: 1 when A won, 0 when B did; no ties.
    """

    differences: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Plan:
    """What decides which pairs are learned from; goes into the model card, so that training can be done again."""

    horizon_days: int = HORIZON_DAYS
    step_days: int = STEP_DAYS
    most_pairs: int = MOST_PAIRS
    seed: int = 0
    l2: float = RIDGE


@dataclass(frozen=True)
class Learned:
    """Weights and how well they foretell pairs that they have not seen.

    weights by feature name, 0 or more. The AUCs are null when the held-out day gave no pair;
    weights are worth having only where theirs is above that of equal weights.
    training_dates, held_out_date: days of the features; labels are of the horizon after them.
    """

    weights: dict[str, float]
    training_dates: tuple[date, ...]
    held_out_date: date
    training_pair_count: int
    held_out_pair_count: int
    held_out_auc: float | None
    held_out_auc_of_equal_weights: float | None


def fit_weights(differences: np.ndarray, labels: np.ndarray, l2: float = RIDGE) -> np.ndarray:
    """Non-negative weights of the Bradley-Terry model, one a feature, rounded to six digits.

    Minimises the mean of ln(1 + exp(-s * beta'd)) plus l2/2 |beta|^2 for beta >= 0, s = 1 where A won and -1 else; both
    sides of a pair are treated alike, so there is no intercept. l2 above 0 makes the minimum unique.
    Errors: BadInput without pairs, with labels other than 0 and 1, with numbers that are not finite, or with l2 <= 0.
    """
    _require_pairs(differences, labels, l2)
    signed = differences * np.where(labels > 0, 1.0, -1.0)[:, None]
    bounds = [(0.0, None)] * differences.shape[1]
    found = minimize(_loss, np.zeros(differences.shape[1]), args=(signed, l2), jac=True, method="L-BFGS-B",
                     bounds=bounds, options=_SOLVER)
    return np.round(found.x, WEIGHT_DIGITS) + 0.0


def auc(values: np.ndarray, labels: np.ndarray) -> float | None:
    """Area under the ROC curve, a tie counts half; null when only one label occurs."""
    wins = labels > 0
    won, lost = int(wins.sum()), int((~wins).sum())
    if not won or not lost:
        return None
    return float((rankdata(values)[wins].sum() - won * (won + 1) / 2) / (won * lost))


def features_of(parts: pd.DataFrame, as_of: date, names: Sequence[str]) -> pd.DataFrame:
    """ln(1 + part) by person_id and name, sorted by person; a part that a person lacks is 0, people without any go.

    parts: as_of_date, person_id, part_name, part. Errors: BadInput for parts of another day than as_of, or negative.
    """
    found = set(pd.to_datetime(parts["as_of_date"]).dt.date)
    if found - {as_of}:
        raise BadInput(f"parts: expected the day {as_of}, found {', '.join(map(str, sorted(found)))}; features must "
                       f"come from days up to the one that they are for, so compute them again with that day")
    if (parts["part"] < 0).any():
        raise BadInput("parts: expected 0 or more, found a negative part; take discounts from the parts first")
    wide = parts.pivot_table(index="person_id", columns="part_name", values="part", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(columns=list(names), fill_value=0.0).sort_index()
    return np.log1p(wide[wide.sum(axis=1) > 0])


def future_pairs(features: pd.DataFrame, later_of: LaterOf, as_of: date, known_until: date, plan: Plan) -> Pairs:
    """Pairs of people with credit on a day, labelled by who drew more distinct engagers in the days after it.

    features: of features_of. Pairs that end equal are left out. The same people, day and seed give the same pairs in
    any order of rows. Errors: MissingInput when the days after as_of are not all known yet.
    """
    last = as_of + timedelta(days=plan.horizon_days)
    if last > known_until:
        raise MissingInput(f"labels of {as_of} need reactions up to {last}, known are those up to {known_until}; "
                           f"choose an earlier day or a shorter horizon")
    ordered = features.sort_index()
    later = later_of(as_of, ordered.index).reindex(ordered.index).fillna(0).to_numpy()
    first, second = _drawn(len(ordered), as_of, plan)
    decided = later[first] != later[second]
    first, second = first[decided], second[decided]
    matrix = ordered.to_numpy(dtype=float)
    return Pairs(matrix[first] - matrix[second], (later[first] > later[second]).astype(int))


def split_days(first: date, last: date, plan: Plan) -> tuple[list[date], date]:
    """Days to learn from and the held-out day: no label of the former is later than the features of the latter.

    first: earliest day whose features may be used; last: the last day whose reactions are known.
    Errors: MissingInput when fewer than two horizons lie between them.
    """
    held_out = last - timedelta(days=plan.horizon_days)
    newest = held_out - timedelta(days=plan.horizon_days)
    if newest < first:
        raise MissingInput(f"learning from the future needs two horizons of {plan.horizon_days} days after {first}, "
                           f"found days up to {last}; run more nights or shorten the horizon")
    count = (newest - first).days // plan.step_days + 1
    return sorted(newest - timedelta(days=plan.step_days * back) for back in range(count)), held_out


def learn_from_future(parts_of: PartsOf, later_of: LaterOf, names: Sequence[str], first: date, last: date,
                      plan: Plan) -> Learned:
    """Weights learned from early days and judged on a later one that they have not seen.

    parts_of never sees what later_of sees. names: the features. first, last: of split_days.
    Errors: MissingInput when there are too few days, or no pair to learn from.
    """
    def pairs_on(day: date) -> Pairs:
        return future_pairs(features_of(parts_of(day), day, names), later_of, day, last, plan)

    days, held_out = split_days(first, last, plan)
    learned_from = [pairs_on(day) for day in days]
    labels = np.concatenate([pairs.labels for pairs in learned_from])
    if not len(labels):
        raise MissingInput(f"no pair to learn from on {days[0]} to {days[-1]}: no two people with credit drew unequal "
                           f"numbers of people in the {plan.horizon_days} days after; give more days or more people")
    weights = fit_weights(np.vstack([pairs.differences for pairs in learned_from]), labels, plan.l2)
    judged = pairs_on(held_out)
    return Learned(dict(zip(names, weights.tolist(), strict=True)), tuple(days), held_out, len(labels),
                   len(judged.labels), auc(judged.differences @ weights, judged.labels),
                   auc(judged.differences.sum(axis=1), judged.labels))


def _loss(weights: np.ndarray, signed: np.ndarray, l2: float) -> tuple[float, np.ndarray]:
    margins = signed @ weights
    slope = -(signed * expit(-margins)[:, None]).mean(axis=0) + l2 * weights
    return float(np.logaddexp(0.0, -margins).mean() + l2 / 2 * weights @ weights), slope


def _drawn(people: int, as_of: date, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Places of two different people for each pair, drawn with replacement, the order within a pair by chance too."""
    if people < 2:
        return np.empty(0, dtype=int), np.empty(0, dtype=int)
    random = np.random.default_rng([plan.seed, as_of.toordinal()])
    first = random.integers(0, people, plan.most_pairs)
    return first, (first + random.integers(1, people, plan.most_pairs)) % people


def _require_pairs(differences: np.ndarray, labels: np.ndarray, l2: float) -> None:
    if differences.ndim != 2 or not differences.size or len(differences) != len(labels):
        raise BadInput(f"pairs: expected a row of features and a label for each, found shapes {differences.shape} and "
                       f"{labels.shape}; give at least one pair")
    if not np.isin(labels, (0, 1)).all() or not np.isfinite(differences).all():
        raise BadInput("pairs: expected labels 0 or 1 and finite features, found others; remove ties and empty cells")
    if l2 <= 0:
        raise BadInput(f"l2: expected more than 0, found {l2}; without it the best weights are not unique")
