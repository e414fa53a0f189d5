-- The topics of one night and version, those that are meant first, then those that are written most alike.
-- Grain:  one row per topic, at most five.
-- Params: $snapshot_date, $algorithm_version, $wanted
WITH topics AS (
    SELECT DISTINCT
        scores.topic_id,
        COALESCE(topic_names.topic_name, scores.topic_id) AS topic_name
    FROM influence_scores_all_versions AS scores
    LEFT JOIN topic_names ON scores.topic_id = topic_names.topic_id
    WHERE
        scores.snapshot_date = CAST($snapshot_date AS DATE)
        AND scores.algorithm_version = $algorithm_version
)

SELECT
    topic_id,
    topic_name,
    LOWER($wanted) IN (LOWER(topic_id), LOWER(topic_name), LOWER(REPLACE(topic_id, '-', ' '))) AS is_meant,
    GREATEST(
        JARO_WINKLER_SIMILARITY(LOWER(topic_id), LOWER($wanted)),
        JARO_WINKLER_SIMILARITY(LOWER(topic_name), LOWER($wanted))
    ) AS likeness_share
FROM topics
ORDER BY
    topic_id = $wanted DESC,
    is_meant DESC,
    likeness_share DESC,
    topic_id ASC
LIMIT 5;
