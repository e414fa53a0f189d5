"""Every file delivered for the night could be read to its end.

A file that was cut is made good by a later delivery of the same file that is whole and covers all of its days, or this
night alone, or has the same bytes, which were refused for a fault of the machine.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A file that ends in the middle holds part of a day, and part of a day looks like a fall (S4).",
    among="deliveries",
    places="""
        SELECT concat_ws(' ', cut.feed, cut.file_name) AS place
        FROM deliveries AS cut
        ANTI JOIN deliveries AS whole
            ON cut.feed = whole.feed
            AND cut.file_name = whole.file_name
            AND cut.recorded_at < whole.recorded_at
            AND whole.is_complete
            AND (
                (whole.covers_from_date <= cut.covers_from_date AND whole.covers_to_date >= cut.covers_to_date)
                OR whole.covers_from_date = whole.covers_to_date
                OR whole.file_sha256 = cut.file_sha256
            )
        WHERE NOT coalesce(cut.is_complete, false)
        GROUP BY cut.feed, cut.file_name
    """,
)
