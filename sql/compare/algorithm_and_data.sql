-- From the old version on the night before to the new version tonight: what is algorithm, what is data.
-- Grain:  one row per (topic_id, person_id) scored by both versions on both nights.
-- Units:  points. algorithm_points + data_points is the whole way; residual is what is missing to that.
-- Params: $baseline_version, $candidate_version
WITH night_before AS (
    SELECT
        topic_id,
        person_id,
        MAX(influence_score) FILTER (algorithm_version = $baseline_version) AS old_before,
        MAX(influence_score) FILTER (algorithm_version = $candidate_version) AS new_before
    FROM previous_scores
    GROUP BY topic_id, person_id
),

cells AS (
    SELECT
        tonight.topic_id,
        tonight.person_id,
        night_before.old_before,
        night_before.new_before,
        tonight.baseline_influence_score AS old_tonight,
        tonight.candidate_influence_score AS new_tonight
    FROM paired_scores AS tonight
    INNER JOIN night_before
        ON
            tonight.topic_id = night_before.topic_id
            AND tonight.person_id = night_before.person_id
    WHERE
        tonight.influence_score_delta IS NOT NULL
        AND night_before.old_before IS NOT NULL
        AND night_before.new_before IS NOT NULL
),

halves AS (
    SELECT
        *,
        0.5::DECIMAL(2, 1) * (new_before - old_before + new_tonight - old_tonight) AS algorithm_points,
        0.5::DECIMAL(2, 1) * (old_tonight - old_before + new_tonight - new_before) AS data_points
    FROM cells
)

SELECT
    topic_id,
    person_id,
    old_before AS baseline_score_before,
    new_before AS candidate_score_before,
    old_tonight AS baseline_score_tonight,
    new_tonight AS candidate_score_tonight,
    algorithm_points,
    data_points,
    new_tonight - old_before - algorithm_points - data_points AS residual
FROM halves
ORDER BY topic_id, person_id;
