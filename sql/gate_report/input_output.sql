-- Rows that each night kept, beside the mean move of the scores that it gave.
-- Grain:  one row per (snapshot_date, algorithm_version).
-- Params: $list_feeds, $nights, $snapshot_date
WITH kept AS (
    SELECT
        covers_to_date AS snapshot_date,
        SUM(kept_row_count) AS kept_row_count
    FROM deliveries
    WHERE covers_from_date = covers_to_date AND NOT LIST_CONTAINS($list_feeds, feed)
    GROUP BY covers_to_date
),

moved AS (
    SELECT
        snapshot_date,
        algorithm_version,
        observed AS mean_delta
    FROM shift_metrics
    WHERE
        metric_name = 'mean_delta'
        AND cohort = 'all'
        AND snapshot_date BETWEEN $snapshot_date - TO_DAYS($nights) AND $snapshot_date
)

SELECT
    moved.snapshot_date,
    moved.algorithm_version,
    CAST(kept.kept_row_count AS BIGINT) AS kept_row_count,
    moved.mean_delta
FROM moved
LEFT JOIN kept ON moved.snapshot_date = kept.snapshot_date
ORDER BY moved.snapshot_date, moved.algorithm_version;
