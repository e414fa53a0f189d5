"""An account belongs to one person."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="An account of two people would give both of them the same reactions (S60).",
    places="""
        SELECT concat_ws(':', network, account_id) AS place
        FROM identity_links
        GROUP BY network, account_id
        HAVING count(*) > 1
    """,
)
