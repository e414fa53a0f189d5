"""The causes of a move add up to it, and it is the score less the released score, to the last published digit."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A move that its causes do not add up to is not explained (S1, S3).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM (
            SELECT
                person_id, topic_id, algorithm_version,
                sum(points) AS cause_sum, min(score_delta) AS least_delta, max(score_delta) AS most_delta
            FROM candidate_changes
            GROUP BY person_id, topic_id, algorithm_version
        )
        LEFT JOIN candidate_scores AS scored USING (person_id, topic_id, algorithm_version)
        LEFT JOIN released_scores AS released USING (person_id, topic_id, algorithm_version)
        WHERE
            cause_sum IS DISTINCT FROM scored.influence_score - released.influence_score
            OR least_delta IS DISTINCT FROM cause_sum
            OR most_delta IS DISTINCT FROM cause_sum
    """,
)
