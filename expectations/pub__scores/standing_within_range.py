"""Percentile and rank are given for scored rows only, from 0 to 100 and from 1."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A percentile beside a missing score ranks people on whom there is no evidence.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM candidate_scores
        WHERE NOT coalesce(
            CASE
                WHEN state IN ('scored', 'held') THEN percentile BETWEEN 0 AND 100 AND rank >= 1
                ELSE percentile IS NULL AND rank IS NULL
            END,
            false
        )
    """,
)
