"""Every topic of a post names the label or phrase that matched."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A topic without its source cannot be shown to the person it is about (S33).",
    places="""
        SELECT concat_ws(' ', network, post_id, topic_id) AS place
        FROM post_topics
        WHERE
            matched_term IS NULL
            OR match_source IS NULL
            OR match_source NOT IN ('label', 'lexicon', 'inherited')
    """,
)
