"""Who moved since the last release has causes, and who has no score in one of the two nights has none."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A number that moves without a reason given is the complaint that this system answers (S1).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM (
            SELECT
                person_id, topic_id, algorithm_version,
                scored.influence_score - released.influence_score AS move
            FROM candidate_scores AS scored
            INNER JOIN released_scores AS released USING (person_id, topic_id, algorithm_version)
        )
        FULL JOIN (
            SELECT DISTINCT person_id, topic_id, algorithm_version, true AS has_causes FROM candidate_changes
        ) USING (person_id, topic_id, algorithm_version)
        WHERE
            (move <> 0 AND has_causes IS NULL)
            OR (move IS NULL AND has_causes)
    """,
)
