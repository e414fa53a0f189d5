"""Every scored row, the roll-up too, has at least one evidence post."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A topic without a post that a reader can open is a claim without a source (S33).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM candidate_scores
        ANTI JOIN candidate_evidence USING (person_id, topic_id, algorithm_version)
        WHERE influence_score IS NOT NULL
    """,
)
