"""An account is trusted in a topic once."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="An account that is trusted twice opens two doors where it should open one (S40).",
    places="""
        SELECT concat_ws(' ', concat_ws(':', network, account_id), topic_id) AS place
        FROM trusted_accounts
        GROUP BY network, topic_id, account_id
        HAVING count(*) > 1
    """,
)
