"""A post has a topic once."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A topic given twice counts each reaction to the post twice.",
    places="""
        SELECT concat_ws(' ', network, post_id, topic_id) AS place
        FROM post_topics
        GROUP BY network, post_id, topic_id
        HAVING count(*) > 1
    """,
)
