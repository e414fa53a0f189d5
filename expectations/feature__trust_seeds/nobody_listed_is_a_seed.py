"""No account of a person on a list is on the seed list."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="The seed list is published: it must not show minors or people who asked to be left out (S55, S56).",
    places="""
        SELECT concat_ws(':', network, account_id) AS place
        FROM trust_seeds
        SEMI JOIN listed_accounts USING (network, account_id)
    """,
)
