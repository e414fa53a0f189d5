"""A pair is counted only when it reacted."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A count of zero or less is no news, yet it would refresh the pair or take from it.",
    places="""
        SELECT concat_ws(
            ' ', concat_ws(':', network, engager_account_id), concat_ws(':', network, author_account_id), topic_id, kind
        ) AS place
        FROM engagement_days
        WHERE interaction_count IS NULL OR interaction_count < 1
    """,
)
