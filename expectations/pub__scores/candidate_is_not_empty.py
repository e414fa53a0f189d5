"""The candidate holds at least one row.

Every other check would find nothing wrong with nothing: gate-evidence section 1, item 3.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="An empty release would show every reader that nobody has any influence.",
    among="candidate_scores",
    places="""
        SELECT 'candidate_scores' AS place
        WHERE NOT EXISTS (SELECT 1 FROM candidate_scores)
    """,
)
