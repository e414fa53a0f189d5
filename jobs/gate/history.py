"""How surprising a night is against its own history: one number for the whole night, one budget of false blocks.

Pure: a frame of released nights in, a judgement out. Why each metric is scaled by its own tail and the worst one is
compared with a threshold learned from past nights, and not each with three sigma: gate-evidence sections 4 and 5.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from jobs.gate.drift import Drift, drifts_of
from jobs.gate.gap import NOTHING, ReplyShares
from jobs.gate.norms import Norms, learned
from jobs.gate.series import metric_of
from jobs.gate.suspects import Suspect, suspects_of
from jobs.gate.threshold import COLD, stage_of, tau_of

LARGEST_FACTOR = 3.0
"""A calendar may not do more: a day three times as wild as the tail of its series is somebody's decision, not a date's
(gate-evidence section 5)."""


@dataclass(frozen=True)
class CalendarEvent:
    """A day on which one metric may move more than usual; metric_name may also be a whole series name."""

    date: date
    metric_name: str
    factor: float


@dataclass(frozen=True)
class Surprise:
    """One series tonight: u is the move in units of the series' own tail, about its second wildest night of a year.

    Nulls: observed is NaN when the series is missing tonight, and u is then infinite.
    """

    series: str
    observed: float
    expected: float
    scale: float
    u: float


@dataclass(frozen=True)
class ShiftJudgement:
    """What history says about a night; surprises are sorted, the most surprising first.

    stage: cold (fewer than 28 released nights: only a missing series blocks), warm_up or normal.
    """

    stage: str
    tau: float
    largest: float
    surprises: tuple[Surprise, ...]
    drift: tuple[Drift, ...]
    suspects: tuple[Suspect, ...]

    @property
    def is_within_budget(self) -> bool:
        """Whether no series is too surprising; a missing one always is."""
        return math.isfinite(self.largest) and self.largest <= self.tau

    @property
    def is_drifting(self) -> bool:
        """Whether a version creeps; a drift that could not be computed counts as one."""
        return any(not drift.is_within for drift in self.drift)


def judged(history: pd.DataFrame, tonight: pd.Series, night: date, calendar: Sequence[CalendarEvent],
           false_blocks_per_year: float, reply_shares: ReplyShares = NOTHING) -> ShiftJudgement:
    """Judge a night against the released, unblocked nights before it.

    history: one row per night (index: dates), one column per series `metric_name/cohort/algorithm_version`, NaN where
    missing; rows of the night itself and after it are ignored, so that a candidate is never in its own window.
    reply_shares: needed when a night of the last week is missing from the history; else nothing is excused.
    """
    return judged_by(learned(history, night, reply_shares), tonight, calendar, false_blocks_per_year)


def judged_by(norms: Norms, tonight: pd.Series, calendar: Sequence[CalendarEvent],
              false_blocks_per_year: float) -> ShiftJudgement:
    """Judge a night by norms that were learned already; the same norms serve several candidates of a night."""
    stage = stage_of(norms.night_count)
    tau = tau_of(norms.past_largest, stage, false_blocks_per_year)
    surprises = _surprises(norms, tonight, calendar)
    drifts = drifts_of(norms.history, tonight, norms.night)
    largest = surprises[0].u if surprises else math.nan if stage != COLD else 0.0
    return ShiftJudgement(stage, tau, largest, surprises, drifts, suspects_of(surprises, drifts, tau))


def _surprises(norms: Norms, tonight: pd.Series, calendar: Sequence[CalendarEvent]) -> tuple[Surprise, ...]:
    loosened = {event.metric_name: event.factor for event in calendar if event.date == norms.night}
    found = [
        Surprise(series, float(observed), float(expected), float(scale), float(u) / _factor(series, loosened))
        for series, observed, expected, scale, u in norms.read(tonight)
    ]
    return tuple(sorted(found, key=lambda surprise: -surprise.u))


def _factor(series: str, loosened: dict[str, float]) -> float:
    named = loosened.get(series, loosened.get(metric_of(series), 1.0))
    return min(max(named, 1.0), LARGEST_FACTOR)

