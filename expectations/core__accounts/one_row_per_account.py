"""An account is seen once a day."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="An account with two rows has two names, and joins count it twice.",
    places="""
        SELECT concat_ws(':', network, account_id) AS place
        FROM accounts
        GROUP BY network, account_id
        HAVING count(*) > 1
    """,
)
