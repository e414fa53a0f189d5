"""Hardly more rows of a feed lie outside the night than on any released night of the last four weeks.

observed: over the feeds, the largest excess of the share of rows dated on another day over eleven tenths of the largest
such share before; 0 for a feed that was not delivered before. Whoever loads a night out of a month's archive has a
large share every night, and may. Source: gate-evidence section 3, rows 15 and 22.
"""

from expectations.contract import Invariant

MOST_BEYOND = 0.01
"""Share of rows: a few seconds around midnight, not a clock that is hours ahead or a day that came in two parts."""

INVARIANT = Invariant(
    severity="block",
    why="Rows dated on another day are left out: a skewed clock or a late part takes points from people (S4, S7).",
    measure=f"""
        WITH usual AS (
            SELECT feed, max(share) AS share
            FROM (
                SELECT feed, releases.snapshot_date, sum(out_of_scope_row_count) / sum(row_count) AS share
                FROM all_deliveries
                INNER JOIN releases ON releases.snapshot_date BETWEEN covers_from_date AND covers_to_date
                CROSS JOIN night
                WHERE releases.snapshot_date BETWEEN night.snapshot_date - 28 AND night.snapshot_date - 1
                GROUP BY feed, releases.snapshot_date
                HAVING sum(row_count) > 0
            )
            GROUP BY feed
        ),
        tonight AS (
            SELECT feed, sum(out_of_scope_row_count) / sum(row_count) AS share
            FROM deliveries
            GROUP BY feed
            HAVING sum(row_count) > 0
        ),
        compared AS (
            SELECT tonight.feed, tonight.share, greatest(tonight.share - 1.1 * usual.share, 0) AS beyond
            FROM tonight
            INNER JOIN usual USING (feed)
        )
        SELECT
            coalesce(max(beyond), 0) AS observed,
            array_to_string(min(concat(feed, ' ', round(100 * share, 1), ' %'), 5)
                FILTER (WHERE beyond > {MOST_BEYOND}), '; ') AS offenders
        FROM compared
    """,
    limit_max=MOST_BEYOND,
    waivable=True,
)
