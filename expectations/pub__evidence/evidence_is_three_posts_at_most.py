"""Evidence has the places 1, 2 and 3, and every row names a post."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Three posts are what the cards show; a place beyond them would never be read.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, evidence_rank) AS place
        FROM candidate_evidence
        WHERE NOT coalesce(evidence_rank BETWEEN 1 AND 3 AND post_id IS NOT NULL, false)
    """,
)
