-- The versions under which a night was released.
-- Grain:  one row per algorithm_version.
-- Params: $snapshot_date
SELECT DISTINCT algorithm_version
FROM influence_scores_all_versions
WHERE snapshot_date = CAST($snapshot_date AS DATE)
ORDER BY algorithm_version ASC;
