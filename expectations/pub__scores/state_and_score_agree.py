"""A row is scored with a number, or says which threshold is missed, never both and never neither."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Not enough evidence is a state, never a number, and it names what is missing (S22, S36).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, state) AS place
        FROM candidate_scores
        WHERE NOT coalesce(
            CASE state
                WHEN 'scored' THEN influence_score IS NOT NULL AND threshold_missed IS NULL
                WHEN 'held' THEN influence_score IS NOT NULL AND threshold_missed IS NULL
                WHEN 'insufficient_evidence' THEN influence_score IS NULL AND threshold_missed IS NOT NULL
            END,
            false
        )
    """,
)
