"""A person has one score per topic and version."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="With two scores for one key nobody can say which one was published.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM candidate_scores
        GROUP BY person_id, topic_id, algorithm_version
        HAVING count(*) > 1
    """,
)
