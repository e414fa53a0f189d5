"""At most one person in ten moves by five points or more in a night."""

from expectations.contract import paired_statistic

MOST_MOVED = 0.10
"""Share of people scored before and now: wide until limits are learned from history (gate-evidence section 5)."""

INVARIANT = paired_statistic(
    "moved_5_share",
    why="Five points are what a person notices and asks about; one in ten asking is an incident (S4, S6).",
    worst="observed",
    limit_max=MOST_MOVED,
)
