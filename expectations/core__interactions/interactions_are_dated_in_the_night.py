"""Every reaction of the night happened on its date, in UTC."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A reaction filed under another day ages wrongly, and late data would land in two days.",
    places="""
        SELECT concat_ws(' ', network, interaction_id, interacted_at) AS place
        FROM interactions, night
        WHERE
            interacted_at::DATE IS DISTINCT FROM night.snapshot_date
            OR interactions.snapshot_date IS DISTINCT FROM night.snapshot_date
    """,
)
