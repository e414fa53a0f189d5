"""No count beside a score is missing or below zero."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="The counts are what a reader weighs the score by (S22); a negative one is an overflow.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM candidate_scores
        WHERE NOT coalesce(
            least(distinct_engager_count, reacted_post_count, active_day_count, anonymous_reaction_count) >= 0
            AND distinct_engager_count + reacted_post_count + active_day_count + anonymous_reaction_count IS NOT NULL,
            false
        )
    """,
)
