"""How surprising the worst series of a night may be: learned from the nights before, for one budget a year."""

import math

import numpy as np
from scipy.stats import genpareto

COLD, WARM_UP, NORMAL = "cold", "warm_up", "normal"

COLD_NIGHTS, WARM_UP_NIGHTS = 28, 120
"""Released nights: four weeks give each weekday a median, four months give each series a tail (gate-evidence 5)."""

WARM_UP_FACTOR = 1.5
"""Wider while a series' tail is a guess over fewer than 120 nights."""

POOLED_TAU = 2.3
"""The threshold of a store without enough nights of its own (gate-evidence section 5); on the tuning seeds of the
benchmark two false blocks a year need 2.0 after 180 nights, 2.1 after 150, 2.7 after 100 and 3.8 after 60."""

LEARNING_NIGHTS = 180
"""Nights before the store's own past decides: 1 in 180 is two false blocks a year."""

TAIL_SHARE = 0.10
"""Share of the past nights to which the tail is fitted: 18 nights at least, enough for two parameters."""

LARGEST_SHAPE = 0.5
"""A fitted tail heavier than this has no variance: 18 points cannot distinguish that from one odd night."""

NIGHTS_A_YEAR = 365.25

AIMED_SHARE = 0.9
"""Of the budget: a budget is kept when its upper bound is, not its mean (80 false blocks in 50 years prove 2 a year),
and aimed and achieved rates differ (gate-evidence section 4); here four fifths of the aim were achieved."""


def stage_of(released_nights: int) -> str:
    """How much history stands behind a night: cold, warm_up or normal."""
    if released_nights < COLD_NIGHTS:
        return COLD
    return WARM_UP if released_nights < WARM_UP_NIGHTS else NORMAL


def tau_of(past_largest: np.ndarray, stage: str, false_blocks_per_year: float) -> float:
    """The largest u that a night may have. A cold store has none: infinity."""
    if stage == COLD:
        return math.inf
    if stage == WARM_UP:
        return POOLED_TAU * WARM_UP_FACTOR
    if len(past_largest) < LEARNING_NIGHTS:
        return POOLED_TAU
    return fitted_tau(past_largest, AIMED_SHARE * false_blocks_per_year / NIGHTS_A_YEAR)


def fitted_tau(past_largest: np.ndarray, rate: float) -> float:
    """The value that a night exceeds with the given probability, by a Pareto tail over the wildest past nights."""
    start = float(np.quantile(past_largest, 1 - TAIL_SHARE))
    shape, spread = pareto_by_moments(past_largest[past_largest > start] - start)
    within_tail = 1 - rate / TAIL_SHARE
    return start + float(genpareto.ppf(within_tail, shape, scale=spread)) if within_tail > 0 else start


def pareto_by_moments(excesses: np.ndarray) -> tuple[float, float]:
    """Shape and spread by probability-weighted moments: steadier on few points than likelihood (Hosking 1987)."""
    ordered = np.sort(excesses)
    count = len(ordered)
    if count < 2:
        return 0.0, float(ordered.mean()) if count else 0.0
    mean = float(ordered.mean())
    weighted = float((ordered * (count - 1 - np.arange(count)) / (count - 1)).mean())
    shape = min(max(2 - mean / max(mean - 2 * weighted, 1e-12), 0.0), LARGEST_SHAPE)
    return shape, mean * (1 - shape)
