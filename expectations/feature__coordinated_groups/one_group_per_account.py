"""An account is in one coordinated group at most."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="An account in two groups is discounted for one of them by chance (S40).",
    places="""
        SELECT concat_ws(':', network, account_id) AS place
        FROM coordinated_groups
        GROUP BY network, account_id
        HAVING count(*) > 1
    """,
)
