"""A known post is held once per topic."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A post that is held twice counts as two posts of evidence (S32).",
    places="""
        SELECT concat_ws(' ', network, post_id, topic_id) AS place
        FROM post_state
        GROUP BY network, post_id, topic_id
        HAVING count(*) > 1
    """,
)
