"""At most one source row in a hundred of the night was refused."""

from expectations.contract import PLACES_SHOWN, Invariant

MOST_QUARANTINED = 0.01
"""Share of rows: real deliveries lose a few in ten thousand to bad bytes; a changed format loses a feed."""

INVARIANT = Invariant(
    severity="block",
    why="A feed whose format changed is refused row by row, and the rest would pass for the whole.",
    measure=f"""
        SELECT
            CASE
                WHEN sum(row_count) > 0 THEN sum(quarantined_row_count) / sum(row_count)
                WHEN sum(row_count) = 0 THEN 0
            END AS observed,
            array_to_string(
                min(concat_ws(' ', feed, file_name, quarantined_row_count, 'rows'), {PLACES_SHOWN})
                    FILTER (WHERE quarantined_row_count > 0),
                '; '
            ) AS offenders
        FROM deliveries
    """,
    limit_max=MOST_QUARANTINED,
)
