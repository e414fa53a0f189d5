"""Every reaction is of a kind on the closed list."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A kind that nobody declared is a changed feed, and no version says what it is worth.",
    places="""
        SELECT DISTINCT concat_ws(' ', network, coalesce(kind, 'no kind')) AS place
        FROM interactions
        WHERE kind IS NULL OR kind NOT IN (
            'reply', 'reshare', 'quote', 'like', 'mention', 'follow', 'vote', 'endorsement'
        )
    """,
)
