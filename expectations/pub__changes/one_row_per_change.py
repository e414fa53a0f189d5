"""A move has one row per cause, network and kind."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A cause that is there twice is counted twice by everybody who adds the causes up.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, cause, network, kind) AS place
        FROM candidate_changes
        GROUP BY person_id, topic_id, algorithm_version, cause, network, kind
        HAVING count(*) > 1
    """,
)
