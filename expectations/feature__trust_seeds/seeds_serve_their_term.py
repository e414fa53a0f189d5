"""A seed whose term goes on stays on the list, with the same term, unless its person is on a list of the night."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A seed that is taken off in its term frees a seat for one that somebody chose, and trust starts again (S40).",
    places="""
        SELECT concat_ws(':', earlier.network, earlier.account_id) AS place
        FROM previous_trust_seeds AS earlier
        CROSS JOIN night
        ANTI JOIN trust_seeds AS seeds
            ON earlier.network = seeds.network
            AND earlier.account_id = seeds.account_id
            AND earlier.drawn_date = seeds.drawn_date
            AND earlier.expires_date = seeds.expires_date
        ANTI JOIN listed_accounts AS listed
            ON earlier.network = listed.network AND earlier.account_id = listed.account_id
        WHERE earlier.expires_date > night.snapshot_date
    """,
)
