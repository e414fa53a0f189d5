-- The asked moves that lie outside of what the inputs can have brought about.
-- Grain:  one row per (person_id, topic_id, algorithm_version).
-- Units:  points; accounted_points is the furthest that the score can have moved, towards held_delta.
-- Rule:   a term k ln(1 + X) gains k ln((1 + X + gained) / (1 + X)) at most; ageing takes k ln2 / h a night.
-- Nulls:  a key without lines in the earlier release accounts for nothing but what was gained.
-- Params: $scored_date, $snapshot_date, $half_life_days
WITH moves AS (
    SELECT
        possible.person_id,
        possible.topic_id,
        possible.algorithm_version,
        COALESCE(SUM(heights.slope), 0) AS slope,
        COALESCE(SUM(heights.slope * LN(
            1 + (possible.gained_credit + LEAST(possible.gained_trust, heights.capped_credit))
            / (1 + heights.credit)
        )), 0) AS rise,
        COALESCE(SUM(heights.slope * LN((1 + heights.credit) / (1 + GREATEST(
            0, heights.credit - possible.lost_credit - LEAST(possible.lost_trust, heights.trusted_credit)
        )))), 0) AS fall
    FROM possible
    LEFT JOIN heights
        ON
            possible.person_id = heights.person_id
            AND possible.topic_id = heights.topic_id
            AND possible.algorithm_version = heights.algorithm_version
    GROUP BY possible.person_id, possible.topic_id, possible.algorithm_version
),

bounded AS (
    SELECT
        possible.*,
        CASE
            WHEN possible.held_delta > 0
                THEN
                    moves.rise
                    + GREATEST(0, COALESCE(scales.slope, 0) - moves.slope) * LN(1 + possible.gained_credit)
            ELSE
                moves.fall
                + moves.slope * LN(2) / $half_life_days
                * DATE_DIFF('day', CAST($scored_date AS DATE), CAST($snapshot_date AS DATE))
        END AS accounted_points
    FROM possible
    INNER JOIN moves
        ON
            possible.person_id = moves.person_id
            AND possible.topic_id = moves.topic_id
            AND possible.algorithm_version = moves.algorithm_version
    LEFT JOIN scales
        ON
            possible.topic_id = scales.topic_id
            AND possible.algorithm_version = scales.algorithm_version
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
FROM bounded
WHERE NOT is_relinked AND NOT COALESCE(ABS(held_delta) <= accounted_points, FALSE);
