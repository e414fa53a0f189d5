"""Who is trusted in a topic is a serving seed, or two different accounts trusted there reacted to them."""

from expectations.contract import hard_invariant

DOORS = 2
"""As in jobs/engagement/trust.py; the gate does not import what computed the night."""

INVARIANT = hard_invariant(
    why="Trust that nobody gave is bought or made up, and a thousand sybils come in behind it (S40).",
    places=f"""
        WITH serving AS (
            SELECT network, account_id FROM trust_seeds, night WHERE expires_date > night.snapshot_date
        ),
        doors AS (
            SELECT pairs.network, pairs.topic_id, pairs.author_account_id AS account_id,
                count(DISTINCT pairs.engager_account_id) AS door_count
            FROM engagement_state AS pairs
            INNER JOIN trusted_accounts AS engagers
                ON pairs.network = engagers.network
                AND pairs.topic_id = engagers.topic_id
                AND pairs.engager_account_id = engagers.account_id
            GROUP BY ALL
        )
        SELECT concat_ws(' ', concat_ws(':', network, account_id), topic_id, coalesce(door_count, 0)) AS place
        FROM trusted_accounts
        ANTI JOIN serving USING (network, account_id)
        LEFT JOIN doors USING (network, topic_id, account_id)
        WHERE coalesce(door_count, 0) < {DOORS}
    """,
)
