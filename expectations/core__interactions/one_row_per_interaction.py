"""A reaction is loaded once."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A day that is loaded twice doubles every count.",
    places="""
        SELECT concat_ws(' ', network, interaction_id) AS place
        FROM interactions
        GROUP BY network, interaction_id
        HAVING count(*) > 1
    """,
)
