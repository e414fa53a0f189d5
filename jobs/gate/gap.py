"""What a night without a release leaves behind for those after it; without this one block would block them all.

Outputs are paired with the last release, so a night moved by up to that many nights at once. And a blocked night's
posts are unknown to the next ones (decision 0005): reactions to them lack an author, and counts by author fall.
"""

import math

import numpy as np
import pandas as pd

from jobs.gate.series import is_input, metric_of

AT_REST = {"coverage_ratio": 1.0, "top_200_overlap": 1.0}
"""Where a metric stands when nobody moves; 0 for the others."""

LOGARITHMIC = ("rank_loss",)
"""Metrics of which many nights add instead of multiply: the loss grows with up to the square of the nights."""

FIXED_SPAN = ("psi_28", "w1_28")
"""Metrics that always look equally far back."""

BY_AUTHOR = ("log_authors", "log_activity", "engagement_mean", "engagement_q50", "engagement_q90", "engagement_q99",
             "ratio_7_median", "identical_share", "jump_share")
"""Input metrics that count reactions whose author is known; rows and engagers are counted without one."""

REPLY_NIGHTS = 7
"""Nights after which a post draws hardly a reaction any more."""


def falls_without_fault(names: list[str], released: pd.DatetimeIndex, night: pd.Timestamp) -> np.ndarray:
    """Which series may fall tonight: those by author, while the posts of a missing night still draw reactions."""
    lately = pd.date_range(end=night - pd.Timedelta(days=1), periods=REPLY_NIGHTS)
    is_missing = len(released) and (~lately[lately > released[0]].isin(released)).any()
    by_author = [is_input(name) and metric_of(name) in BY_AUTHOR for name in names]
    return np.array(by_author, dtype=bool) & bool(is_missing)


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
