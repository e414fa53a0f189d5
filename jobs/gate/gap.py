"""What a night without a release leaves behind for those after it; without this one block would block them all.

Outputs are paired with the last release, so a night moved by up to that many nights at once. And a blocked night's
posts are unknown to the next ones (decision 0005): reactions to them lack an author, and counts by author fall.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from jobs.gate.series import cohort_of, is_input, is_part, metric_of

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
"""Nights after which a post draws hardly a reaction any more; nothing is excused later."""

MOST_LOST = 0.99
"""A fall by 99 % is the largest that is excused, however many nights are missing: a dead feed is a fault."""

ReplyShares = Mapping[str, Mapping[int, float]]
"""Network, nights since a post was written, and the share of a night's authors who get reactions to posts so old."""

NOTHING: ReplyShares = MappingProxyType({})
"""What was not measured excuses nothing."""


def missing_ages(released: pd.DatetimeIndex, night: pd.Timestamp) -> tuple[int, ...]:
    """How many nights ago those lately missing were, since the store began."""
    if not len(released):
        return ()
    lately = pd.date_range(end=night - pd.Timedelta(days=1), periods=REPLY_NIGHTS)
    return tuple((night - day).days for day in lately[(lately > released[0]) & ~lately.isin(released)])


def falls_without_fault(names: list[str], ages: Sequence[int], shares: ReplyShares) -> np.ndarray:
    """How far each series may fall tonight: those by author, by what posts of the missing nights would have drawn.

    An author who lost reactions may have lost all of them, so the share of such authors bounds every fall; a topic
    crosses networks and may fall as far as the worst of them.
    """
    lost = {network: -math.log(1 - min(sum(by_age.get(age, 0.0) for age in ages), MOST_LOST))
            for network, by_age in shares.items()}
    most = max(lost.values(), default=0.0)
    return np.array([_fall(name, lost, most) for name in names], dtype=float)


def _fall(name: str, lost: Mapping[str, float], most: float) -> float:
    if not is_input(name) or metric_of(name) not in BY_AUTHOR:
        return 0.0
    return most if is_part(cohort_of(name)) else lost.get(cohort_of(name), 0.0)


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
