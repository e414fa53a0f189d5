"""Rank counts the people of the topic with a higher score, ties share the better place."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A leaderboard that disagrees with its own scores cannot be trusted in either (S37).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, rank) AS place
        FROM (
            SELECT
                *,
                rank() OVER (PARTITION BY topic_id, algorithm_version ORDER BY influence_score DESC) AS place_by_score
            FROM candidate_scores
            WHERE state IN ('scored', 'held')
        )
        WHERE rank IS DISTINCT FROM place_by_score
    """,
)
