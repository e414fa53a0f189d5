"""People who were scored before move by at most 1.5 points on average."""

from expectations.contract import paired_statistic

MOST_POINTS_MOVED = 1.5
"""Points: a uniform overnight drop of 5 passes the usual PSI rule (gate-evidence section 1, item 2). Without removals
a night falls by at most 0.21 (algorithms-evidence section 4), so 1.5 is wide: seven times the provable fall."""

INVARIANT = paired_statistic(
    "mean_delta",
    why="When everybody moves at once the cause is ours, not theirs (S1, S7).",
    worst="abs(observed)",
    limit_min=-MOST_POINTS_MOVED,
    limit_max=MOST_POINTS_MOVED,
)
