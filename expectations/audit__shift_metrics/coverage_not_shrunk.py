"""At least four scores in five of the last release are still scores, over the same topics."""

from expectations.contract import paired_statistic

LEAST_COVERAGE = 0.8
"""Scored now per scored then: evidence fades over weeks, so a fifth lost in a night is a lost feed or topic map
(gate-evidence section 3, rows 1, 2 and 10)."""

INVARIANT = paired_statistic(
    "coverage_ratio",
    why="People who lose their score at once have lost a feed, not their readers (S16).",
    worst="-observed",
    limit_min=LEAST_COVERAGE,
)
