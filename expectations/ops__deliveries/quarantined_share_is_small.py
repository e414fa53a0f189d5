"""At most one source row in a hundred was refused: of the night, and of each feed of which more than a few were."""

from expectations.contract import PLACES_SHOWN, Invariant

MOST_QUARANTINED = 0.01
"""Share of rows: real deliveries lose a few in ten thousand to bad bytes; a changed format loses a feed."""

FEW_ROWS = 10
"""Refused rows of one feed that say nothing about its format: a list of thirty messages may hold a broken one."""

INVARIANT = Invariant(
    severity="block",
    why="A feed whose format changed is refused row by row, and the other feeds would pass for the whole.",
    measure=f"""
        WITH feeds AS (
            SELECT
                feed,
                sum(row_count) AS row_count,
                sum(quarantined_row_count) AS refused_row_count
            FROM deliveries
            GROUP BY feed
        ),

        parts AS (
            SELECT sum(row_count) AS row_count, sum(refused_row_count) AS refused_row_count FROM feeds
            UNION ALL
            SELECT row_count, refused_row_count FROM feeds
            WHERE refused_row_count > {FEW_ROWS} OR refused_row_count IS NULL OR row_count IS NULL
        ),

        shares AS (
            SELECT
                CASE
                    WHEN row_count > 0 THEN refused_row_count / row_count
                    WHEN row_count = 0 THEN 0
                END AS refused_share
            FROM parts
        )

        SELECT
            CASE WHEN count(*) = count(refused_share) THEN max(refused_share) END AS observed,
            (
                SELECT array_to_string(
                    min(concat_ws(' ', feed, file_name, quarantined_row_count, 'rows'), {PLACES_SHOWN})
                        FILTER (WHERE quarantined_row_count > 0),
                    '; '
                )
                FROM deliveries
            ) AS offenders
        FROM shares
    """,
    limit_max=MOST_QUARANTINED,
)
