"""A score has one post per place of its evidence."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Two posts in one place make the order of the evidence a matter of luck.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, evidence_rank) AS place
        FROM candidate_evidence
        GROUP BY person_id, topic_id, algorithm_version, evidence_rank
        HAVING count(*) > 1
    """,
)
