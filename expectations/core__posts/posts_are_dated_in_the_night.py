"""Every post of the night was written on its date, in UTC."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A post filed under another day would be counted twice, or never (clock skew, wrong time zone).",
    places="""
        SELECT concat_ws(' ', network, post_id, posted_at) AS place
        FROM posts, night
        WHERE
            posted_at::DATE IS DISTINCT FROM night.snapshot_date
            OR posts.snapshot_date IS DISTINCT FROM night.snapshot_date
    """,
)
