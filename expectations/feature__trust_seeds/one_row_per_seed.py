"""An account is on the seed list once."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A seed that is there twice has two terms, and nobody can say when it stops to serve (S26).",
    places="""
        SELECT concat_ws(':', network, account_id) AS place
        FROM trust_seeds
        GROUP BY network, account_id
        HAVING count(*) > 1
    """,
)
