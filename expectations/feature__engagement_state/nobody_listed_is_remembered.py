"""No account of a person on a list is author or engager in the state."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A state that remembers listed people would bring them back on the night a list is missing (S55, S56).",
    among="engagement_state",
    places="""
        SELECT DISTINCT known.network || ':' || known.account_id AS place
        FROM (
            SELECT network, author_account_id AS account_id FROM engagement_state
            UNION ALL
            SELECT network, engager_account_id FROM engagement_state
        ) AS known
        SEMI JOIN listed_accounts USING (network, account_id)
    """,
)
