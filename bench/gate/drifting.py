"""Slow drift: every score falls by a little more each night, and each night is released until the gate says stop.

A fall of p points a night lowers every paired move by exactly p, whatever the scores: here the tables need not be run.
"""

import pandas as pd

from bench.gate.judging import is_blocked, norms_of
from bench.gate.simulate import HISTORY_DAYS, Run
from jobs.gate.history import judged_by
from jobs.gate.series import metric_of

POINTS_A_NIGHT = (0.3, 0.2, 0.1, 0.05)
LONGEST_NIGHTS = 60
MOVED = ("mean_delta", "median_delta", "p01_delta", "p99_delta")


def nights_to_find(run: Run, start: int, points: float) -> int | None:
    """Nights from the start of a drift to its block; None when it goes on for 60 nights unseen."""
    history = run.history.copy()
    lowered = [name for name in history.columns if metric_of(name) in MOVED]
    history.iloc[start: start + LONGEST_NIGHTS, history.columns.get_indexer(lowered)] -= points
    for night in range(start, min(start + LONGEST_NIGHTS, len(history))):
        if _is_found(history, night, run.days[night]):
            return night - start + 1
    return None


def starts_of(run: Run, count: int) -> list[int]:
    """Evenly spread first nights of a drift."""
    room = len(run.days) - HISTORY_DAYS - LONGEST_NIGHTS
    return [HISTORY_DAYS + room * place // count for place in range(count)]


def _is_found(history: pd.DataFrame, night: int, day: int) -> bool:
    return is_blocked(judged_by(norms_of(history.iloc[:night], day), history.iloc[night], [], 2.0))
