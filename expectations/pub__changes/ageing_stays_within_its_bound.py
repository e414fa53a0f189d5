"""Where no named cause acted, the lines of ageing take at most K ln2 / h a night.

Where one took as well, the logarithmic mean of a score that fell far spreads the fall over all causes in proportion,
and the lines of ageing may be longer than ageing alone would have been: such moves are not judged here. Three people
of a hundred who opt out are enough for that.
"""

from expectations.contract import hard_invariant
from expectations.pub__changes.no_fall_without_a_cause import HALF_LIFE_DAYS, ROUNDING_POINTS
from jobs.causes import AGEING, NAMED

INVARIANT = hard_invariant(
    why="A reaction loses what a half-life takes from it and no more; the rest needs another name (S2, S7).",
    among="candidate_scores",
    places=f"""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, aged) AS place
        FROM (
            SELECT person_id, topic_id, algorithm_version, sum(points) AS aged
            FROM candidate_changes
            WHERE cause = '{AGEING}'
            GROUP BY person_id, topic_id, algorithm_version
        )
        ANTI JOIN (
            SELECT person_id, topic_id, algorithm_version FROM candidate_changes WHERE cause IN {NAMED}
        ) USING (person_id, topic_id, algorithm_version)
        LEFT JOIN released_scores AS released USING (person_id, topic_id, algorithm_version),
        night
        WHERE NOT coalesce(
            -aged <= {ROUNDING_POINTS}
            + ln(2) / {HALF_LIFE_DAYS} * date_diff('day', released.snapshot_date, night.snapshot_date)
            * (released.influence_score - 1) / nullif(ln(1 + released.credit), 0),
            false
        )
    """,
)
