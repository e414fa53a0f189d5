-- Overall scores by ten points, as released before and as in the candidate of the night.
-- Grain:  one row per (algorithm_version, from_points).
WITH both_nights AS (
    SELECT
        algorithm_version,
        influence_score,
        'before' AS night
    FROM scores_before
    WHERE topic_id = '_overall'
    UNION ALL
    SELECT
        algorithm_version,
        influence_score,
        'candidate' AS night
    FROM scores_after
    WHERE topic_id = '_overall'
)

SELECT
    algorithm_version,
    LEAST(CAST(FLOOR(influence_score / 10) AS INTEGER) * 10, 90) AS from_points,
    COUNT(*) FILTER (WHERE night = 'before') AS before_count,
    COUNT(*) FILTER (WHERE night = 'candidate') AS candidate_count
FROM both_nights
WHERE influence_score IS NOT NULL
GROUP BY ALL
ORDER BY algorithm_version, from_points;
