"""What people use instead: the usual rules on the same nights. Each says whether it would block.

Re-expressed from their published rules: Deequ's OnlineNormal and HoltWinters strategies (amazon deequ @0b8cea5),
Karma3's row-count check (farcaster-graph @2b1f85e); the others are the settings that gate-evidence section 4 measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Numbers = dict[str, float]

ROW_TOLERANCE, KARMA_TOLERANCE = 0.20, 0.25
"""Karma3 allows 5, 25 or 50 % by strategy: the middle one."""

SIGMAS, SIGMA_NIGHTS = 3.0, 90
KS_P = 0.05
ONLINE_SIGMAS, IGNORED_SHARE = 3.0, 0.1
"""Deequ's defaults: three deviations either way, the first tenth of the series ignored, anomalies left out."""

LEVEL_WEIGHT, TREND_WEIGHT, SEASON_WEIGHT, HOLT_WINTERS_SIGMAS = 0.3, 0.05, 0.2, 1.96
"""Additive, season of a week; fixed weights in place of Deequ's fit by optimiser each night; Deequ blocks outside
1.96 deviations of its own forecast errors."""


@dataclass(frozen=True)
class Nights:
    """Clean nights before the one that is judged, as arrays by name."""

    stock: dict[str, np.ndarray]
    series: np.ndarray


Rule = Callable[[Nights, Numbers, np.ndarray], bool]


def rows_within_a_fifth(past: Nights, stock: Numbers, _: np.ndarray) -> bool:
    """Rows of every feed within 20 % of the week before."""
    return any(abs(stock[name] / max(past.stock[name][-7], 1) - 1) > ROW_TOLERANCE for name in _feeds(stock))


def karma3(past: Nights, stock: Numbers, _: np.ndarray) -> bool:
    """Rows of the result within 25 % of those that stand."""
    return bool(abs(stock["scored"] / max(past.stock["scored"][-1], 1) - 1) > KARMA_TOLERANCE)


def mean_within_three_sigma(past: Nights, stock: Numbers, _: np.ndarray) -> bool:
    """Mean score within three deviations of the last 90 nights."""
    return _is_outside(past.stock["mean_score"][-SIGMA_NIGHTS:], stock["mean_score"])


def ks(past: Nights, stock: Numbers, _: np.ndarray) -> bool:
    """Kolmogorov and Smirnov against yesterday at p < 0.05."""
    return not stock["ks_p"] >= KS_P


def everything_within_three_sigma(past: Nights, stock: Numbers, tonight: np.ndarray) -> bool:
    """Every statistic of the gate within three deviations of the last 90 nights."""
    window = past.series[-SIGMA_NIGHTS:]
    deviation = np.nanstd(window, axis=0)
    return bool(np.any(~(np.abs(tonight - np.nanmean(window, axis=0)) <= SIGMAS * np.maximum(deviation, 1e-9))))


def online_normal(past: Nights, stock: Numbers, _: np.ndarray) -> bool:
    """Deequ OnlineNormal on the rows of each feed and on the mean score."""
    return any(_is_outside(_without_anomalies(past.stock[name]), stock[name], ONLINE_SIGMAS)
               for name in (*_feeds(stock), "mean_score"))


def holt_winters(past: Nights, stock: Numbers, _: np.ndarray) -> bool:
    """Deequ HoltWinters on the rows of each feed and on the mean score."""
    return any(not _holt_winters_holds(past.stock[name][-365:], stock[name]) for name in (*_feeds(stock), "mean_score"))


def psi_rule(limit: float, place: int) -> Rule:
    """PSI against yesterday below a limit; place: column of psi_1 among the series."""
    return lambda past, stock, tonight: not tonight[place] < limit


def rules(names: Sequence[str]) -> dict[str, Rule]:
    """Every rule by the name that the page shows; names: the series, in their order."""
    psi = next(place for place, name in enumerate(names) if name.startswith("psi_1/"))
    return {
        "row counts ± 20 %": rows_within_a_fifth, "Karma3 row count ± 25 %": karma3,
        "PSI ≥ 0.1": psi_rule(0.1, psi), "PSI ≥ 0.25": psi_rule(0.25, psi), "KS p < 0.05": ks,
        "mean ± 3 σ": mean_within_three_sigma, "3 σ on all metrics": everything_within_three_sigma,
        "Deequ OnlineNormal": online_normal, "Deequ Holt-Winters": holt_winters,
    }


def _feeds(stock: Numbers) -> list[str]:
    return [name for name in stock if name.startswith("rows/")]


def _is_outside(window: np.ndarray, value: float, sigmas: float = SIGMAS) -> bool:
    return not abs(value - np.nanmean(window)) <= sigmas * max(float(np.nanstd(window)), 1e-9)


def _without_anomalies(values: np.ndarray) -> np.ndarray:
    kept = values[int(IGNORED_SHARE * len(values)):]
    return kept[np.abs(kept - np.nanmean(kept)) <= ONLINE_SIGMAS * np.nanstd(kept)]


def _holt_winters_holds(values: np.ndarray, tonight: float) -> bool:
    level, trend, season, errors = values[:7].mean(), 0.0, list(values[:7] - values[:7].mean()), []
    for place, value in enumerate(values[7:]):
        forecast = level + trend + season[place % 7]
        errors.append(value - forecast)
        before = level
        level = LEVEL_WEIGHT * (value - season[place % 7]) + (1 - LEVEL_WEIGHT) * (level + trend)
        trend = TREND_WEIGHT * (level - before) + (1 - TREND_WEIGHT) * trend
        season[place % 7] += SEASON_WEIGHT * (value - level - season[place % 7])
    forecast = level + trend + season[(len(values) - 7) % 7]
    return abs(tonight - forecast) <= HOLT_WINTERS_SIGMAS * float(np.std(errors))
