"""Every row of the candidate's contributions carries the date of the night."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Rows of another day would change a release that readers already have.",
    among="candidate_scores",
    places="""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, candidate_contributions.snapshot_date) AS place
        FROM candidate_contributions, night
        WHERE candidate_contributions.snapshot_date IS DISTINCT FROM night.snapshot_date
    """,
)
