"""Every file delivered for the night could be read to its end.

A file that was cut is made good by a later delivery of the same file that is whole.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A file that ends in the middle holds part of a day, and part of a day looks like a fall (S4).",
    among="deliveries",
    places="""
        SELECT concat_ws(' ', feed, file_name) AS place
        FROM deliveries
        GROUP BY feed, file_name, covers_from_date, covers_to_date
        HAVING NOT coalesce(arg_max(is_complete, recorded_at), false)
    """,
)
