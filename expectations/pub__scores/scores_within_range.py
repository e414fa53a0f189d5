"""A scored row has a score from 1 to 100 and a finite credit."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A number outside the scale means nothing, and NaN hides in every average.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, influence_score) AS place
        FROM candidate_scores
        WHERE
            state IN ('scored', 'held')
            AND NOT coalesce(
                influence_score BETWEEN 1 AND 100
                AND isfinite(credit)
                AND credit >= 0,
                false
            )
    """,
)
