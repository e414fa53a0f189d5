"""At most one and a half times as many scores as in the last release, over the same topics."""

from expectations.contract import paired_statistic

MOST_COVERAGE = 1.5
"""Scored now per scored then: a viral day brings people to one topic, half as many again to all of them is a load
that ran twice (gate-evidence section 3, rows 3 and 7)."""

INVARIANT = paired_statistic(
    "coverage_ratio",
    why="Evidence for everybody at once is a doubled load or a burst of bots (S41).",
    worst="observed",
    limit_max=MOST_COVERAGE,
)
