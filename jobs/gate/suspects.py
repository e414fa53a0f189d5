"""Where to look first: in the order of the flow, a feed before a cohort before the scoring."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from jobs.gate.drift import Drift
from jobs.gate.series import cohort_of, is_input, is_part, metric_of
from jobs.tables import EVERYBODY

TELLING_SHARE = 0.5
"""An input that is half as surprising as the worst series explains it: what comes first in the flow goes first."""

DOMINANCE = 1.5
"""A cohort is named when it is this much more surprising than everybody together."""

SCORING = "scoring"


@dataclass(frozen=True)
class Suspect:
    """A feed, a cohort or a stage, and the series that points at it."""

    kind: str
    name: str
    series: str


def suspects_of(surprises: Sequence, drifts: Sequence[Drift], tau: float) -> tuple[Suspect, ...]:
    """Suspects of a night that blocks, the first to look at first; none for a night within its budget."""
    over_limit = [surprise for surprise in surprises if not surprise.u <= tau]
    found = [_suspect(surprise, surprises) for surprise in _in_flow_order(over_limit)]
    found += [Suspect("stage", SCORING, drift.series) for drift in drifts if not drift.is_within]
    named: dict[tuple[str, str], Suspect] = {}
    for suspect in found:
        named.setdefault((suspect.kind, suspect.name), suspect)
    return tuple(named.values())


def _in_flow_order(over_limit: list) -> list:
    worst = max((surprise.u for surprise in over_limit), default=math.nan)
    first = [s for s in over_limit if is_input(s.series) and (s.u >= TELLING_SHARE * worst or math.isinf(s.u))]
    return first + [s for s in over_limit if s not in first]


def _suspect(surprise, surprises: Sequence) -> Suspect:
    cohort = cohort_of(surprise.series)
    if is_input(surprise.series):
        return Suspect("cohort" if is_part(cohort) else "feed", cohort, surprise.series)
    if cohort != EVERYBODY and surprise.u >= DOMINANCE * _of_everybody(surprise, surprises):
        return Suspect("cohort", cohort, surprise.series)
    return Suspect("stage", SCORING, surprise.series)


def _of_everybody(surprise, surprises: Sequence) -> float:
    same = [s.u for s in surprises
            if metric_of(s.series) == metric_of(surprise.series) and cohort_of(s.series) == EVERYBODY]
    return max(same, default=0.0)
