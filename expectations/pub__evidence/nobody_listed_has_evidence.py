"""No person with an account on a list has evidence posts."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="The posts of a person on a list are theirs to show, not ours (S55, S56).",
    among="candidate_scores",
    places="""
        SELECT DISTINCT person_id AS place
        FROM candidate_evidence
        WHERE person_id IN (SELECT person_id FROM listed_people)
    """,
)
