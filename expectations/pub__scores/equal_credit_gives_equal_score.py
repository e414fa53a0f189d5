"""People with the same credit in a topic have the same score in it."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Equal inputs give equal scores: nobody is treated by name (S29).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', topic_id, algorithm_version, credit) AS place
        FROM candidate_scores
        WHERE state = 'scored'
        GROUP BY topic_id, algorithm_version, credit
        HAVING count(DISTINCT influence_score) > 1
    """,
)
