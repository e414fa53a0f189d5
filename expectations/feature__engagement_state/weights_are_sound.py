"""Every pair has a positive weight, and reacted between its first day and the night."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A weight of zero or less is an overflow, and a day after the night is a wrong clock.",
    among="engagement_state",
    places="""
        SELECT concat_ws(
            ' ', concat_ws(':', network, engager_account_id), concat_ws(':', network, author_account_id), topic_id, kind
        ) AS place
        FROM engagement_state, night
        WHERE NOT coalesce(
            decayed_weight > 0
            AND first_interacted_date <= last_interacted_date
            AND last_interacted_date <= night.snapshot_date,
            false
        )
    """,
)
