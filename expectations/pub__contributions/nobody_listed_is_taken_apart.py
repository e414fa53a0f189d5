"""No person with an account on a list has contribution lines."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Lines of a person on a list tell what the missing score would have told (S55, S56).",
    among="candidate_scores",
    places="""
        SELECT DISTINCT person_id AS place
        FROM candidate_contributions
        WHERE person_id IN (SELECT person_id FROM listed_people)
    """,
)
