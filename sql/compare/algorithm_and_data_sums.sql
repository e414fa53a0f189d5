-- The split into algorithm and data over all people, by topic.
-- Grain:  one row per topic_id with enough people.
-- Units:  points.
SELECT
    topic_id,
    COUNT(*) AS person_count,
    ROUND(CAST(SUM(algorithm_points) AS DOUBLE) / COUNT(*), 4) AS mean_algorithm_points,
    ROUND(CAST(SUM(data_points) AS DOUBLE) / COUNT(*), 4) AS mean_data_points,
    MAX(ABS(algorithm_points)) AS largest_algorithm_points,
    MAX(ABS(data_points)) AS largest_data_points,
    MAX(ABS(residual)) AS largest_residual
FROM algorithm_and_data
GROUP BY topic_id
HAVING COUNT(*) >= (SELECT cohort_limits.smallest_person_count FROM cohort_limits)
ORDER BY topic_id;
