-- The asked moves that lie outside of what the inputs can have brought about.
-- Grain:  one row per (person_id, topic_id, algorithm_version).
-- Units:  points; accounted_points is the furthest that the score can have moved, towards held_delta.
-- Rule:   a term k ln(1 + X) gains k ln((1 + X + gained) / (1 + X)) at most; ageing takes k ln2 / h a night.
-- Nulls:  a key without lines in the earlier release accounts for nothing but what was gained.
-- Params: $scored_date, $snapshot_date, $half_life_days
WITH moves AS (
    SELECT
        bounded_moves.person_id,
        bounded_moves.topic_id,
        bounded_moves.algorithm_version,
        COALESCE(SUM(earlier_terms.slope), 0) AS slope,
        COALESCE(SUM(earlier_terms.slope * LN(
            1 + (bounded_moves.gained_credit + LEAST(bounded_moves.gained_trust, earlier_terms.capped_credit))
            / (1 + earlier_terms.credit)
        )), 0) AS rise,
        COALESCE(SUM(earlier_terms.slope * LN((1 + earlier_terms.credit) / (1 + GREATEST(
            0, earlier_terms.credit - bounded_moves.lost_credit
            - LEAST(bounded_moves.lost_trust, earlier_terms.trusted_credit)
        )))), 0) AS fall
    FROM bounded_moves
    LEFT JOIN earlier_terms
        ON
            bounded_moves.person_id = earlier_terms.person_id
            AND bounded_moves.topic_id = earlier_terms.topic_id
            AND bounded_moves.algorithm_version = earlier_terms.algorithm_version
    GROUP BY bounded_moves.person_id, bounded_moves.topic_id, bounded_moves.algorithm_version
),

accounted AS (
    SELECT
        bounded_moves.*,
        CASE
            WHEN bounded_moves.held_delta > 0
                THEN
                    moves.rise
                    + GREATEST(0, COALESCE(scales.slope, 0) - moves.slope)
                    * LN(1 + bounded_moves.gained_credit)
            ELSE
                moves.fall
                + moves.slope * LN(2) / $half_life_days
                * DATE_DIFF('day', CAST($scored_date AS DATE), CAST($snapshot_date AS DATE))
        END AS accounted_points
    FROM bounded_moves
    INNER JOIN moves
        ON
            bounded_moves.person_id = moves.person_id
            AND bounded_moves.topic_id = moves.topic_id
            AND bounded_moves.algorithm_version = moves.algorithm_version
    LEFT JOIN scales
        ON
            bounded_moves.topic_id = scales.topic_id
            AND bounded_moves.algorithm_version = scales.algorithm_version
)

SELECT
    person_id,
    topic_id,
    algorithm_version,
    held_delta,
    accounted_points,
    scored_date,
    engager_count,
    changed_count
FROM accounted
WHERE NOT is_relinked AND NOT COALESCE(ABS(held_delta) <= accounted_points, FALSE);
