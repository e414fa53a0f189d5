"""Every row of the candidate's changes carries the date of the night, and of the release that it is compared with."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A cause filed under another day explains a move that nobody saw (S1).",
    among="candidate_scores",
    places="""
        SELECT
            concat_ws(
                ' ', person_id, topic_id, algorithm_version, cause, changes.snapshot_date, compared_date
            ) AS place
        FROM candidate_changes AS changes, night
        WHERE
            changes.snapshot_date IS DISTINCT FROM night.snapshot_date
            OR compared_date IS DISTINCT FROM (SELECT max(snapshot_date) FROM released_scores)
    """,
)
