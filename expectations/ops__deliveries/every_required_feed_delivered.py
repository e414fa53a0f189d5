"""Every feed that the night needs was delivered for its date."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A missing feed would publish a quiet day that was none, or people who asked to be left out (S16, S55).",
    among="required_feeds",
    places="""
        SELECT feed AS place
        FROM required_feeds
        ANTI JOIN deliveries USING (feed)
    """,
)
