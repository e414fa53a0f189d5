"""Every line belongs to a scored row."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A line without a score gives away the number that there was not enough evidence for (S22).",
    among="candidate_scores",
    places="""
        SELECT DISTINCT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM candidate_contributions
        ANTI JOIN (
            SELECT person_id, topic_id, algorithm_version FROM candidate_scores WHERE influence_score IS NOT NULL
        ) USING (person_id, topic_id, algorithm_version)
    """,
)
