"""A scored row has at least three engagers, two posts and two days.

The thresholds of design section 6, written once more on purpose: the gate does not trust the code it judges.
"""

from expectations.contract import hard_invariant

FEWEST_ENGAGERS = 3
FEWEST_POSTS = 2
FEWEST_DAYS = 2
"""Below these a reaction may be chance: one friend, one post, one day."""

INVARIANT = hard_invariant(
    why="Nobody is called influential about a topic on one post or by one friend (S32, S35).",
    among="candidate_scores",
    places=f"""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM candidate_scores
        WHERE
            state IN ('scored', 'held')
            AND NOT coalesce(
                distinct_engager_count >= {FEWEST_ENGAGERS}
                AND reacted_post_count >= {FEWEST_POSTS}
                AND active_day_count >= {FEWEST_DAYS},
                false
            )
    """,
)
