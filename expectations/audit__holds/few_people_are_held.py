"""Not more people move without account than half a percent of those with a score, or three in a small store.

Observed is how many times the number that may be held would have been: above 1 nobody is held, and the night is judged
as it was scored. The numbers of jobs/audit/holding, written once more on purpose.
"""

from expectations.contract import PLACES_SHOWN, Invariant

MOST_SHARE = 0.005
"""Share of people above which the night is at fault, and not the people (gate-evidence section 7)."""

FEW_PEOPLE = 3
"""Of 200 people one alone is half a percent."""

ALLOWED = f"""
    SELECT greatest({FEW_PEOPLE}, floor({MOST_SHARE} * count(DISTINCT person_id))) AS people
    FROM candidate_scores
    WHERE influence_score IS NOT NULL
"""

INVARIANT = Invariant(
    severity="block",
    why="Many moves without account are a broken night, and holding them would hide it (S7, S26).",
    limit_max=1,
    waivable=True,
    measure=f"""
        SELECT
            CASE WHEN EXISTS (SELECT 1 FROM candidate_scores) THEN count(person_id) / any_value(people) END AS observed,
            array_to_string(min(person_id, {PLACES_SHOWN}), '; ') AS offenders
        FROM ({ALLOWED}) AS allowed
        LEFT JOIN (SELECT DISTINCT person_id FROM holds) AS found ON true
    """,
)
