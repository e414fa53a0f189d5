"""Every serving seed is trusted over all posts: trust is there whenever there is somebody for it to start from."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Without the accounts that trust reaches, everybody's credit falls to what untrusted people may give (S40).",
    places="""
        SELECT concat_ws(':', seeds.network, seeds.account_id) AS place
        FROM trust_seeds AS seeds
        CROSS JOIN night
        ANTI JOIN (SELECT * FROM trusted_accounts WHERE topic_id = '_overall') AS trusted
            ON seeds.network = trusted.network AND seeds.account_id = trusted.account_id
        WHERE seeds.expires_date > night.snapshot_date
    """,
)
