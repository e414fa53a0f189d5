-- One key on every released night from one to another, and whether the night was restated.
-- Grain:  one row per released night, oldest first.
-- Nulls:  influence_score is null without a score; threshold_missed also when the key has no row at all.
-- Params: $from_date, $last_date, $person_id, $topic_id, $algorithm_version
WITH nights AS (
    SELECT
        snapshot_date,
        restates_release_id IS NOT NULL AS is_restated
    FROM releases
    WHERE is_current AND snapshot_date BETWEEN CAST($from_date AS DATE) AND CAST($last_date AS DATE)
)

SELECT
    nights.snapshot_date,
    nights.is_restated,
    scores.influence_score,
    scores.threshold_missed,
    scores.state
FROM nights
LEFT JOIN influence_scores_all_versions AS scores
    ON
        nights.snapshot_date = scores.snapshot_date
        AND scores.person_id = $person_id
        AND scores.topic_id = $topic_id
        AND scores.algorithm_version = $algorithm_version
ORDER BY nights.snapshot_date ASC;
