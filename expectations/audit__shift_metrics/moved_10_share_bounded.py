"""At most three people in a hundred move by ten points or more in a night."""

from expectations.contract import paired_statistic

MOST_MOVED = 0.03
"""Share of people scored before and now: wide until limits are learned from history (gate-evidence section 5)."""

INVARIANT = paired_statistic(
    "moved_10_share",
    why="Swings of ten points overnight, apropos of nothing, were the loudest complaint (S4).",
    worst="observed",
    limit_max=MOST_MOVED,
)
