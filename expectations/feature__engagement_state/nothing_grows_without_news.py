"""A pair without a reaction in the night is, to the bit, as it was in the state of the last release.

Weights are stored as of the last reaction and age when they are read, so an idle pair does not change at all.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Points without a reaction behind them are points that nobody can take apart (S4, S8).",
    among="engagement_state",
    places="""
        SELECT concat_ws(
            ' ', concat_ws(':', network, engager_account_id), concat_ws(':', network, author_account_id), topic_id, kind
        ) AS place
        FROM engagement_state AS state
        ANTI JOIN engagement_days AS news
            ON state.network = news.network
            AND state.topic_id = news.topic_id
            AND state.engager_account_id IS NOT DISTINCT FROM news.engager_account_id
            AND state.author_account_id = news.author_account_id
            AND state.kind = news.kind
        ANTI JOIN previous_engagement_state AS before
            ON state.network = before.network
            AND state.topic_id = before.topic_id
            AND state.engager_account_id IS NOT DISTINCT FROM before.engager_account_id
            AND state.author_account_id = before.author_account_id
            AND state.kind = before.kind
            AND state.last_interacted_date = before.last_interacted_date
            AND state.decayed_weight = before.decayed_weight
    """,
)
