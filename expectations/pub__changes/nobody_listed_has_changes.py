"""No person with an account on a list has causes of a change."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Causes of a person on a list tell that there was a score, and by how much it moved (S55, S56).",
    among="candidate_scores",
    places="""
        SELECT DISTINCT person_id AS place
        FROM candidate_changes
        WHERE person_id IN (SELECT person_id FROM listed_people)
    """,
)
