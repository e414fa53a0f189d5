"""A score has one line per network and kind."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A line that is there twice is counted twice by everybody who adds the lines up.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, network, kind) AS place
        FROM candidate_contributions
        GROUP BY person_id, topic_id, algorithm_version, network, kind
        HAVING count(*) > 1
    """,
)
