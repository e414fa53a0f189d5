"""A cause that did not act has no row."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A list of causes that did nothing hides the one that did (S3).",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, cause, network, kind) AS place
        FROM candidate_changes
        WHERE coalesce(points, 0) = 0
    """,
)
