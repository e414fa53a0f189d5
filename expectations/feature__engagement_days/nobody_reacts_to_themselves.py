"""No account is its own engager."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Own activity is no input: whoever likes their own posts gains nothing (S2, S41).",
    places="""
        SELECT concat_ws(' ', concat_ws(':', network, author_account_id), topic_id) AS place
        FROM engagement_days
        WHERE engager_account_id = author_account_id
    """,
)
