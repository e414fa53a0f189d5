"""A post is loaded once."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A post that is loaded twice is evidence twice.",
    places="""
        SELECT concat_ws(' ', network, post_id) AS place
        FROM posts
        GROUP BY network, post_id
        HAVING count(*) > 1
    """,
)
