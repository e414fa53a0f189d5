"""Nobody keeps the score of an earlier release; who does is named, and the night is released with the verdict hold."""

from expectations.contract import PLACES_SHOWN, Invariant

INVARIANT = Invariant(
    severity="hold",
    why="A score that the day's inputs do not account for is not shown, and the night says so (S7, S26).",
    limit_max=0,
    measure=f"""
        SELECT
            CASE WHEN EXISTS (SELECT 1 FROM candidate_scores) THEN count(*) END AS observed,
            array_to_string(min(person_id, {PLACES_SHOWN}), '; ') AS offenders
        FROM (SELECT DISTINCT person_id FROM candidate_scores WHERE state = 'held')
    """,
)
