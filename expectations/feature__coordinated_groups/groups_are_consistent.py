"""A coordinated group has as many rows as its size says, two at least, and is named by its smallest account."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A group counts as one source: a wrong size or a split group changes what its members may give (S40).",
    places="""
        SELECT concat_ws(' ', network, group_id) AS place
        FROM coordinated_groups
        GROUP BY network, group_id
        HAVING NOT coalesce(
            count(*) >= 2
            AND count(group_size) = count(*)
            AND min(group_size) = count(*)
            AND max(group_size) = count(*)
            AND min(account_id) = group_id,
            false
        )
    """,
)
