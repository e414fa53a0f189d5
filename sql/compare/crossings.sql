-- Who comes to stand on the other side of a score that somebody may use as a threshold.
-- Grain:  one row per (dimension, cohort, threshold); above means at least the threshold.
WITH sides AS (
    SELECT
        scores.dimension,
        scores.cohort,
        limits.threshold,
        shown_cohorts.person_count,
        scores.baseline_influence_score >= limits.threshold AS is_above_before,
        scores.candidate_influence_score >= limits.threshold AS is_above_after
    FROM cohort_scores AS scores
    INNER JOIN shown_cohorts
        ON
            scores.dimension = shown_cohorts.dimension
            AND scores.cohort = shown_cohorts.cohort
    CROSS JOIN score_thresholds AS limits
    WHERE scores.influence_score_delta IS NOT NULL
)

SELECT
    dimension,
    cohort,
    threshold,
    person_count,
    COUNT(*) FILTER (is_above_after AND NOT is_above_before) AS rising_count,
    COUNT(*) FILTER (is_above_before AND NOT is_above_after) AS falling_count,
    ROUND(COUNT(*) FILTER (is_above_before <> is_above_after) / person_count, 6) AS crossing_share
FROM sides
GROUP BY dimension, cohort, threshold, person_count
ORDER BY dimension, cohort, threshold;
