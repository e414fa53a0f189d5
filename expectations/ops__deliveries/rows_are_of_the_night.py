"""A feed that brings next to no rows of other days goes on bringing none.

observed: the largest share of rows outside the night, over the feeds of which no released night of the last four weeks
had more than one in a hundred; 0 while no feed has a week of such nights. Feeds that repeat a list every night,
and archives of which a night is a small part, have many and are left out. Source: gate-evidence section 3, 15 and 22.
"""

from expectations.contract import PLACES_SHOWN, Invariant

MOST_OUTSIDE = 0.01
"""Share of rows: a few seconds around midnight, not a clock that is hours ahead or a day that came in two parts."""

FEWEST_NIGHTS = 7
"""Released nights that show what a feed usually brings: each weekday once."""

INVARIANT = Invariant(
    severity="block",
    why="Rows dated on another day are left out: a skewed clock or a late part takes points from people (S4, S7).",
    measure=f"""
        WITH before AS (
            SELECT feed, releases.snapshot_date, sum(out_of_scope_row_count) / sum(row_count) AS share
            FROM all_deliveries
            INNER JOIN (SELECT DISTINCT snapshot_date FROM releases) AS releases
                ON releases.snapshot_date BETWEEN covers_from_date AND covers_to_date
            CROSS JOIN night
            WHERE releases.snapshot_date BETWEEN night.snapshot_date - 28 AND night.snapshot_date - 1
            GROUP BY feed, releases.snapshot_date
            HAVING sum(row_count) > 0
        ),
        daily AS (
            SELECT feed
            FROM before
            GROUP BY feed
            HAVING max(share) <= {MOST_OUTSIDE} AND count(*) >= {FEWEST_NIGHTS}
        ),
        tonight AS (
            SELECT feed, sum(out_of_scope_row_count) / sum(row_count) AS share
            FROM deliveries
            SEMI JOIN daily USING (feed)
            GROUP BY feed
            HAVING sum(row_count) > 0
        )
        SELECT
            coalesce(max(share), 0) AS observed,
            array_to_string(min(concat(feed, ' ', round(100 * share, 1), ' %'), {PLACES_SHOWN})
                FILTER (WHERE share > {MOST_OUTSIDE}), '; ') AS offenders
        FROM tonight
    """,
    limit_max=MOST_OUTSIDE,
    waivable=True,
)
