"""A slow drift that no single night shows: a two-sided CUSUM on the mean move of each version (gate-evidence 6)."""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from jobs.gate.series import cohort_of, metric_of, version_of
from jobs.tables import EVERYBODY

DRIFTING_METRIC = "mean_delta"

LAG_NIGHTS, BASELINE_NIGHTS = 28, 84
"""The baseline ends four weeks before the night, so that a drift does not eat its own baseline, and spans 12 weeks."""

LARGEST_Z = 4.0
"""One wild night counts as four sigma at most: a single night is the threshold's matter, not the drift's."""

SLACK, LIMIT = 0.5, 25.0
"""k and h: 0.2 points a day are found in about 22 nights with one false alarm in 16 series-years (gate-evidence 6)."""

SMALLEST_SPREAD = 0.02
"""Points: a version that moved by less than this from night to night is not called drifting for a hundredth more."""


@dataclass(frozen=True)
class Drift:
    """The CUSUM of one version. Nulls: NaN when tonight's mean move is missing, and then it is not within."""

    series: str
    cusum: float
    limit: float = LIMIT

    @property
    def algorithm_version(self) -> str:
        """The version that may drift."""
        return version_of(self.series)

    @property
    def is_within(self) -> bool:
        """Whether the version moves as it used to."""
        return math.isfinite(self.cusum) and self.cusum <= self.limit


def drifts_of(history: pd.DataFrame, tonight: pd.Series, night: date) -> tuple[Drift, ...]:
    """One CUSUM per version of the history; a version younger than its baseline has none yet."""
    watched = [name for name in history.columns if (metric_of(name), cohort_of(name)) == (DRIFTING_METRIC, EVERYBODY)]
    return tuple(
        Drift(name, _cusum(_by_day(history[name], tonight.get(name, math.nan), night)))
        for name in watched
        if history[name].notna().sum() >= LAG_NIGHTS + BASELINE_NIGHTS
    )


def _by_day(moves: pd.Series, tonight: float, night: date) -> pd.Series:
    days = pd.to_datetime(pd.Index(moves.index))
    return pd.Series([*moves, tonight], index=days.append(pd.DatetimeIndex([night]))).asfreq("D")


def _cusum(moves: pd.Series) -> float:
    """The larger side tonight; a side that crossed the limit on a released night was approved, and restarts."""
    if math.isnan(moves.iloc[-1]):
        return math.nan
    up = down = 0.0
    for z in standardised(moves).to_numpy():
        up, down = (0.0 if side > LIMIT else side for side in (up, down))
        if not math.isnan(z):
            up, down = max(0.0, up + z - SLACK), max(0.0, down - z - SLACK)
    return max(up, down)


def standardised(moves: pd.Series) -> pd.Series:
    """Daily moves less their weekday's lagged mean, in lagged standard deviations, clipped; NaN without a baseline."""
    values = moves.to_numpy(dtype=float)
    count = LAG_NIGHTS + BASELINE_NIGHTS
    if len(values) <= count:
        return pd.Series(np.nan, index=moves.index)
    windows = np.lib.stride_tricks.sliding_window_view(values, BASELINE_NIGHTS)[: len(values) - count]
    by_weekday = windows.reshape(len(windows), BASELINE_NIGHTS // 7, 7)
    means = np.nanmean(by_weekday, axis=1)
    spread = np.nanstd((by_weekday - means[:, None, :]).reshape(len(windows), -1), axis=1)
    z = (values[count:] - means[:, 0]) / np.maximum(spread, SMALLEST_SPREAD)
    return pd.Series(np.concatenate([np.full(count, np.nan), np.clip(z, -LARGEST_Z, LARGEST_Z)]), index=moves.index)
