"""No network delivers the bytes of an earlier day once more.

Lists may stay the same for years, and files that never held rows to keep (a list of tags) too: the rule asks for a
file of which something was kept on an earlier day, and nothing now. Source: gate-evidence section 3, row 14.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A stale file says that nothing happened, and the feed counts as delivered all the same.",
    among="deliveries",
    places="""
        SELECT DISTINCT concat_ws(' ', today.feed, today.file_name, 'as of', earlier.covers_to_date) AS place
        FROM deliveries AS today
        INNER JOIN all_deliveries AS earlier
            ON today.feed = earlier.feed
            AND today.file_sha256 = earlier.file_sha256
            AND earlier.covers_to_date < today.covers_from_date
        WHERE
            today.feed NOT IN ('suppression', 'minors', 'identity')
            AND today.kept_row_count = 0
            AND earlier.kept_row_count > 0
    """,
)
