"""No topic counts more reactions than the night brought, by network and kind.

Reactions to unknown posts, to oneself and of people on a list drop out, so that fewer is right and more never is.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="More reactions counted than delivered means a join that multiplied rows.",
    places="""
        WITH delivered AS (
            SELECT network, kind, sum(interaction_count) AS delivered_count
            FROM interactions
            GROUP BY network, kind
        ),
        counted AS (
            SELECT network, kind, topic_id, sum(interaction_count) AS counted_count
            FROM engagement_days
            GROUP BY network, kind, topic_id
        )
        SELECT concat_ws(' ', network, kind, topic_id) AS place
        FROM counted
        LEFT JOIN delivered USING (network, kind)
        WHERE counted_count > coalesce(delivered_count, 0)
    """,
)
