"""Within a topic a higher credit never has a lower score."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="More attention must never cost points; a turned sign would publish the list upside down (S5, S43).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM (
            SELECT
                *,
                lag(influence_score) OVER (
                    PARTITION BY topic_id, algorithm_version ORDER BY credit, influence_score
                ) AS score_of_less_credit
            FROM candidate_scores
            WHERE state = 'scored'
        )
        WHERE influence_score < score_of_less_credit
    """,
)
