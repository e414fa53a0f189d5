"""A held row shows what the last release shows, it has its reason, and every reason has its held row.

Where more people would be held than may be, nobody is, and few_people_are_held blocks.
"""

from expectations.audit__holds.few_people_are_held import ALLOWED
from expectations.contract import hard_invariant

KEY = "person_id, topic_id, algorithm_version"

INVARIANT = hard_invariant(
    why="A held score is a score that was released, with a reason, or it is an invention (S26).",
    among="candidate_scores",
    places=f"""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM (SELECT * FROM candidate_scores WHERE state = 'held') AS held
        LEFT JOIN (
            SELECT {KEY}, influence_score AS released_score, credit AS released_credit
            FROM released_scores
        ) USING ({KEY})
        LEFT JOIN (SELECT {KEY}, held_reason FROM holds) USING ({KEY})
        WHERE
            influence_score IS DISTINCT FROM released_score
            OR credit IS DISTINCT FROM released_credit
            OR held_reason IS NULL
        UNION ALL
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version) AS place
        FROM holds
        ANTI JOIN (SELECT {KEY} FROM candidate_scores WHERE state = 'held') USING ({KEY})
        WHERE (SELECT count(DISTINCT person_id) FROM holds) <= (SELECT people FROM ({ALLOWED}))
    """,
)
