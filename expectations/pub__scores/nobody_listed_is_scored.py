"""No person with an account on a list has a row among the scores."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="Minors and people who asked to be left out are never published, under any account of theirs (S55, S56).",
    among="candidate_scores",
    places="""
        SELECT DISTINCT person_id AS place
        FROM candidate_scores
        WHERE person_id IN (SELECT person_id FROM listed_people)
    """,
)
