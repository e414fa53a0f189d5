"""A network has no more serving seeds than seats, and every term begins before it ends, by the night at the latest."""

from expectations.contract import hard_invariant

SEATS = 30
"""Seats of a network, as in jobs/engagement/seeds.py; the gate does not import what computed the night."""

INVARIANT = hard_invariant(
    why="Seeds decide who is trusted: more than the published rule allows is a list that somebody filled (S40).",
    places=f"""
        SELECT concat_ws(' ', trust_seeds.network, count(*)) AS place
        FROM trust_seeds, night
        WHERE trust_seeds.expires_date > night.snapshot_date
        GROUP BY trust_seeds.network
        HAVING count(*) > {SEATS}
        UNION ALL
        SELECT concat_ws(' ', concat_ws(':', network, account_id), drawn_date, expires_date)
        FROM trust_seeds, night
        WHERE NOT coalesce(drawn_date < expires_date AND drawn_date <= night.snapshot_date, false)
    """,
)
