"""People with the same credit in a topic have the same score in it.

Credit is published with six digits: two people whose true credits differ in the seventh may differ in the last digit of
their scores, and by no more.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Equal inputs give equal scores: nobody is treated by name (S29).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', topic_id, algorithm_version, credit) AS place
        FROM candidate_scores
        WHERE state = 'scored'
        GROUP BY topic_id, algorithm_version, credit
        HAVING max(influence_score) - min(influence_score) > 0.0001
    """,
)
