"""A pair is held once per topic and kind."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A pair that is held twice is credited twice.",
    among="engagement_state",
    places="""
        SELECT concat_ws(
            ' ', concat_ws(':', network, engager_account_id), concat_ws(':', network, author_account_id), topic_id, kind
        ) AS place
        FROM engagement_state
        GROUP BY network, topic_id, engager_account_id, author_account_id, kind
        HAVING count(*) > 1
    """,
)
