"""A night after nights without a release moved by up to that many nights at once: what it would have been in one.

Outputs are paired with the last release. Without this a single block would block every night after it, for ever.
"""

import math

import numpy as np

from jobs.gate.series import is_input, metric_of

AT_REST = {"coverage_ratio": 1.0, "top_200_overlap": 1.0}
"""Where a metric stands when nobody moves; 0 for the others."""

LOGARITHMIC = ("rank_loss",)
"""Metrics of which many nights add instead of multiply: the loss grows with up to the square of the nights."""

FIXED_SPAN = ("psi_28", "w1_28")
"""Metrics that always look equally far back."""


def nearest_to(expected: np.ndarray, observed: np.ndarray, names: list[str], nights: int) -> np.ndarray:
    """The value nearest to the expected one between tonight's and an even share of it since the last release."""
    if nights <= 1:
        return observed
    shares = np.array([_of_one_night(name, value, nights) for name, value in zip(names, observed, strict=True)])
    return np.clip(expected, np.fmin(shares, observed), np.fmax(shares, observed))


def _of_one_night(name: str, value: float, nights: int) -> float:
    metric = metric_of(name)
    if is_input(name) or metric in FIXED_SPAN:
        return value
    if metric in LOGARITHMIC:
        return value - 2 * math.log(nights)
    rest = AT_REST.get(metric, 0.0)
    return rest + (value - rest) / nights
