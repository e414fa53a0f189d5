"""What is normal for each series: its weekday's level, its own tail, and what the inputs of the night account for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from jobs.gate.gap import NOTHING, ReplyShares, falls_without_fault, missing_ages, nearest_to
from jobs.gate.series import metric_of
from jobs.gate.tails import tails, tails_without_each
from jobs.gate.threshold import WARM_UP_NIGHTS
from jobs.gate.views import Views

WEEKS = (7, 14, 21, 28)
"""Days back: the same weekday of the last four weeks; their median is not moved by one holiday among them."""

WINDOW_NIGHTS = 365
"""Nights behind a norm. A year and not the 180 nights of gate-evidence section 5: the tail is then the second wildest
night, where of 180 nights it lies half way to the wildest, and the year's holidays are all inside."""

FEWEST_RESIDUALS = 21
"""Residuals of a series before it is judged at all: those of a store of 28 nights."""

YOUNG_RESIDUALS, YOUNG_FACTOR = 92, 1.5
"""In a store of 120 nights a series with fewer residuals, such as a new version's, is measured by a scale half as wide
again: its tail is a guess."""

PRESENT_NIGHTS, PRESENT_SHARE = 28, 0.9
"""A series that was there on nine in ten of the last nights is expected tonight."""

DEFAULT_FLOOR = 0.01
"""A hundredth: of a share, or one per cent of a logarithm. Smaller moves are not worth a person's time."""

FLOORS = {
    "mean_delta": 0.1, "median_delta": 0.1, "iqr_delta": 0.1, "p01_delta": 0.5, "p99_delta": 0.5,
    "w1_1": 0.1, "w1_28": 0.1,
    "rank_loss": 0.2, "psi_1": 0.01, "psi_28": 0.02,
    "engagement_q50": 0.41, "engagement_q90": 0.2, "engagement_q99": 0.2, "ratio_7_median": 0.41,
}
"""The smallest move worth a person's time, in the unit of the metric: points, then logarithms. A median of small counts
steps from one reaction to two, ln(3/2): a step is no event (gate-evidence section 5)."""


@dataclass(frozen=True)
class Norms:
    """Norms of a night, learned from the released nights before it; rows of the arrays are nights, columns series.

    reply_shares: what posts of a missing night would have drawn; without them a gap excuses nothing.
    """

    history: pd.DataFrame
    night: date
    expected: np.ndarray
    residuals: np.ndarray
    reply_shares: ReplyShares

    @property
    def series(self) -> list[str]:
        """The series of the history, in its order."""
        return [str(name) for name in self.history.columns]

    @property
    def night_count(self) -> int:
        """Released nights behind the norms."""
        return len(self.history)

    @cached_property
    def past_largest(self) -> np.ndarray:
        """The largest u of each past night, each measured by all the other nights as if it were tonight."""
        sizes = [np.abs(view) / np.maximum(tails_without_each(view), self._floors) for view in self._views.of_past()]
        worst = np.fmax.reduce(sizes)[:, self.is_judged] / self._young[self.is_judged]
        seen = ~np.isnan(worst).all(axis=1)
        return np.nanmax(worst[seen], axis=1) if seen.any() else np.zeros(0)

    @cached_property
    def is_judged(self) -> np.ndarray:
        """Whether a series has enough residuals to be judged."""
        return (~np.isnan(self.residuals)).sum(axis=0) >= FEWEST_RESIDUALS

    @cached_property
    def is_due(self) -> np.ndarray:
        """Whether a series must be there tonight, since it was there on most of the last nights."""
        return self.history.tail(PRESENT_NIGHTS).notna().mean().to_numpy() >= PRESENT_SHARE

    def read(self, tonight: pd.Series) -> Iterator[tuple[str, float, float, float, float]]:
        """Series, observed, expected, scale and u of tonight, of every series that is judged or is missing.

        Of the views of a series the one with the largest u decides.
        """
        observed = tonight.reindex(self.history.columns).to_numpy(dtype=float)
        observed[~np.isfinite(observed)] = np.nan
        moves = nearest_to(self.expected, observed, self.series, self._nights_since_release) - self.expected
        views = self._less_the_excused(np.array(self._views.of_tonight(moves)), moves)
        sizes = np.abs(views) / self._scales
        strongest = np.argmax(np.nan_to_num(sizes, nan=-1.0), axis=0)
        unexplained, scale, u = (np.take_along_axis(each, strongest[None], axis=0)[0]
                                 for each in (views, self._scales, sizes))
        u[self.is_due & np.isnan(observed)] = np.inf
        told = np.flatnonzero(np.isinf(u) | (self.is_judged & np.isfinite(u)))
        expected = observed - unexplained
        return ((self.series[i], float(observed[i]), float(expected[i]), float(scale[i]), float(u[i])) for i in told)

    @cached_property
    def _views(self) -> Views:
        return Views(tuple(self.series), self.residuals, self._floors)

    @cached_property
    def _scales(self) -> np.ndarray:
        """The unit of u per view and series: its tail (tails.py), at least its floor, wider for a young series."""
        return np.array([np.maximum(tails(view), self._floors) * self._young for view in self._views.of_past()])

    def _less_the_excused(self, views: np.ndarray, moves: np.ndarray) -> np.ndarray:
        """The views without that part of a fall which the posts of missing nights account for."""
        ages = missing_ages(pd.DatetimeIndex(self.history.index), pd.Timestamp(self.night))
        may_fall = falls_without_fault(self.series, ages, self.reply_shares)
        excused = np.minimum(may_fall, np.maximum(-moves, 0.0))
        return np.where(views < 0, np.minimum(views + excused, 0.0), views)

    @property
    def _nights_since_release(self) -> int:
        return (pd.Timestamp(self.night) - pd.Timestamp(self.history.index[-1])).days if len(self.history) else 1

    @cached_property
    def _floors(self) -> np.ndarray:
        return np.array([FLOORS.get(metric_of(name), DEFAULT_FLOOR) for name in self.series])

    @cached_property
    def _young(self) -> np.ndarray:
        """In a store that is young itself the threshold is wider already."""
        counts = (~np.isnan(self.residuals)).sum(axis=0)
        is_younger = (counts < YOUNG_RESIDUALS) & (self.night_count >= WARM_UP_NIGHTS)
        return np.where(is_younger, YOUNG_FACTOR, 1.0)


def learned(history: pd.DataFrame, night: date, reply_shares: ReplyShares = NOTHING) -> Norms:
    """Norms for a night from the nights before it; the night itself, if it is there, is left out.

    history: index dates (gaps are nights that were blocked or not released), columns series, NaN where missing.
    """
    days = pd.DatetimeIndex(history.index)
    before = history[days < pd.Timestamp(night)]
    every_day = pd.date_range(end=pd.Timestamp(night), periods=WINDOW_NIGHTS + max(WEEKS) + 1)
    values = before.set_axis(days[days < pd.Timestamp(night)]).reindex(every_day).to_numpy(dtype=float)
    levels = _levels(values)
    return Norms(before, night, levels[-1], (values[max(WEEKS):] - levels)[:-1], reply_shares)


def _levels(values: np.ndarray) -> np.ndarray:
    """Median of the same weekday of the four weeks before, for every day from the 29th on."""
    count, longest = len(values), max(WEEKS)
    weeks = np.stack([values[longest - back: count - back] for back in WEEKS])
    return nanmedian_of_four(weeks)


def nanmedian_of_four(weeks: np.ndarray) -> np.ndarray:
    """Median over the first axis without NaN; NaN where all are. By hand, since numpy's nanmedian goes cell by cell."""
    if not np.isnan(weeks).any():
        return (weeks.sum(axis=0) - weeks.max(axis=0) - weeks.min(axis=0)) / 2
    ordered = np.sort(weeks, axis=0)
    known = (~np.isnan(weeks)).sum(axis=0)
    low, high = np.maximum(known - 1, 0) // 2, known // 2
    picked = [np.take_along_axis(ordered, np.minimum(place, len(weeks) - 1)[None], axis=0)[0] for place in (low, high)]
    return np.where(known > 0, (picked[0] + picked[1]) / 2, np.nan)
