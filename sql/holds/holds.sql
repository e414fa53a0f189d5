-- Scores that are held: a move that is unaccounted for, and larger than the person's own moves ever are.
-- Grain:  one row per (snapshot_date, person_id, topic_id, algorithm_version), of so many people at most.
-- Units:  points; own moves are the nightly ones of the released nights in the history, held nights left out.
-- Nulls:  a person with too few nights of their own is measured by the common limit alone.
-- Params: $snapshot_date, $own_multiple, $fewest_nights, $most_people
WITH nightly AS (
    SELECT
        person_id,
        topic_id,
        algorithm_version,
        CAST(influence_score - LAG(influence_score) OVER (
            PARTITION BY person_id, topic_id, algorithm_version ORDER BY snapshot_date
        ) AS DOUBLE) AS score_delta
    FROM history
    WHERE state = 'scored'
),

own AS (
    SELECT
        person_id,
        topic_id,
        algorithm_version,
        $own_multiple * MAD(score_delta) AS limit_points
    FROM nightly
    GROUP BY person_id, topic_id, algorithm_version
    HAVING COUNT(score_delta) >= $fewest_nights
),

placed AS (
    SELECT
        all_unaccounted.*,
        DENSE_RANK() OVER (ORDER BY all_unaccounted.person_id) AS person_place
    FROM all_unaccounted
    LEFT JOIN own
        ON
            all_unaccounted.person_id = own.person_id
            AND all_unaccounted.topic_id = own.topic_id
            AND all_unaccounted.algorithm_version = own.algorithm_version
    WHERE ABS(all_unaccounted.held_delta) > COALESCE(own.limit_points, 0)
)

SELECT
    CAST($snapshot_date AS DATE) AS snapshot_date,
    person_id,
    topic_id,
    algorithm_version,
    held_delta,
    CAST(LEAST(accounted_points, 99) AS DECIMAL(9, 4)) AS accounted_points,
    scored_date,
    CASE
        WHEN held_delta > 0
            THEN FORMAT(
                'a rise of {:.1f} points since {}: {} who reacted, {} whose standing changed bring {:.1f}',
                CAST(held_delta AS DOUBLE), CAST(scored_date AS VARCHAR),
                engager_count, changed_count, accounted_points
            )
        ELSE FORMAT(
            'a fall of {:.1f} points since {}: ageing and {} whose standing changed take {:.1f}',
            -CAST(held_delta AS DOUBLE), CAST(scored_date AS VARCHAR), changed_count, accounted_points
        )
    END AS held_reason
FROM placed
WHERE person_place <= $most_people
ORDER BY person_id, topic_id, algorithm_version;
