"""The lines of a score add up to the score less one, to the last published digit."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Every number can be taken apart, or it is not published (S1, S12).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM candidate_scores
        LEFT JOIN (
            SELECT person_id, topic_id, algorithm_version, sum(points) AS line_sum
            FROM candidate_contributions
            GROUP BY person_id, topic_id, algorithm_version
        ) USING (person_id, topic_id, algorithm_version)
        WHERE
            influence_score IS NOT NULL
            AND coalesce(line_sum, 0) IS DISTINCT FROM influence_score - 1
    """,
)
