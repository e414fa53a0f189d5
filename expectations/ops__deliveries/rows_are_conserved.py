"""Every source row is kept, quarantined, suppressed or out of scope, and only one of them."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A row that is lost or counted twice on its way in moves scores without a cause.",
    among="deliveries",
    places="""
        SELECT concat_ws(' ', feed, file_name) AS place
        FROM deliveries
        WHERE row_count IS DISTINCT FROM
            kept_row_count + quarantined_row_count + suppressed_row_count + out_of_scope_row_count
    """,
)
