"""No reaction happened fewer than zero times."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A negative count takes points from people for being noticed (S5).",
    places="""
        SELECT concat_ws(' ', network, interaction_id) AS place
        FROM interactions
        WHERE interaction_count IS NULL OR interaction_count < 0
    """,
)
