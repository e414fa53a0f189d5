"""No account of a person on a list is author or engager in the state."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A state that remembers listed people would bring them back on the night a list is missing (S55, S56).",
    among="engagement_state",
    places="""
        SELECT DISTINCT listed.network || ':' || listed.account_id AS place
        FROM listed_accounts AS listed
        INNER JOIN engagement_state AS state
            ON listed.network = state.network
            AND listed.account_id IN (state.author_account_id, state.engager_account_id)
    """,
)
