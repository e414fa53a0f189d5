"""Every topic of the candidate is a topic of some known post."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A topic that no post carries is a broken topic map, and has no evidence to show (S33).",
    among="candidate_scores",
    places="""
        SELECT DISTINCT coalesce(topic_id, 'no topic') AS place
        FROM candidate_scores
        ANTI JOIN post_state USING (topic_id)
        WHERE topic_id IS DISTINCT FROM '_overall'
    """,
)
