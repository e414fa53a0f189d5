"""A score falls further than ageing can take only when a named cause took from it.

Ageing takes at most K ln2 / h a night (algorithms-evidence section 4). K is read off the released row, where
S - 1 = K ln(1 + credit). At 100 that K is too small, and so is the fall that shows below the ceiling: the bound holds.
Named causes are jobs.causes.NAMED; one that gave points excuses no fall.
"""

from expectations.contract import hard_invariant
from jobs.causes import NAMED

HALF_LIFE_DAYS = 30
"""h, as in jobs/decay.py; the gate does not import what computed the night."""

ROUNDING_POINTS = 0.001
"""Both scores are rounded to 0.0001, and K is read off a credit of six digits: together below 0.0002 (R = 50,000)."""

INVARIANT = hard_invariant(
    why="No score falls further in a night than ageing can take, unless a cause is named (S1, S2, S7).",
    among="candidate_scores",
    places=f"""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, move) AS place
        FROM (
            SELECT
                person_id, topic_id, algorithm_version,
                scored.influence_score - released.influence_score AS move,
                ln(2) / {HALF_LIFE_DAYS} * date_diff('day', released.snapshot_date, scored.snapshot_date)
                * coalesce((released.influence_score - 1) / nullif(ln(1 + released.credit), 0), 0) AS most
            FROM candidate_scores AS scored
            INNER JOIN released_scores AS released USING (person_id, topic_id, algorithm_version)
            WHERE scored.influence_score IS NOT NULL AND released.influence_score IS NOT NULL
        )
        ANTI JOIN (
            SELECT person_id, topic_id, algorithm_version
            FROM candidate_changes
            WHERE cause IN {NAMED} AND points < 0
        ) USING (person_id, topic_id, algorithm_version)
        WHERE NOT coalesce(-move <= most + {ROUNDING_POINTS}, false)
    """,
)
