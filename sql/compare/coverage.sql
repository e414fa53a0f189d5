-- Who is scored by both versions, by one, or by neither.
-- Grain:  one row per (dimension, cohort).
-- Nulls:  every count is null where is_suppressed: too few people are scored by both versions.
WITH counts AS (
    SELECT
        dimension,
        cohort,
        COUNT(influence_score_delta) AS both_count,
        COUNT(baseline_influence_score) AS baseline_count,
        COUNT(candidate_influence_score) AS candidate_count,
        COUNT(*) AS person_count
    FROM cohort_scores
    GROUP BY dimension, cohort
),

shown_counts AS (
    SELECT counts.*
    FROM counts
    INNER JOIN shown_cohorts
        ON
            counts.dimension = shown_cohorts.dimension
            AND counts.cohort = shown_cohorts.cohort
)

SELECT
    counts.dimension,
    counts.cohort,
    shown_counts.cohort IS NULL AS is_suppressed,
    shown_counts.both_count AS scored_by_both_count,
    shown_counts.baseline_count - shown_counts.both_count AS scored_by_baseline_only_count,
    shown_counts.candidate_count - shown_counts.both_count AS scored_by_candidate_only_count,
    shown_counts.person_count - shown_counts.baseline_count - shown_counts.candidate_count
    + shown_counts.both_count AS scored_by_neither_count
FROM counts
LEFT JOIN shown_counts
    ON
        counts.dimension = shown_counts.dimension
        AND counts.cohort = shown_counts.cohort
ORDER BY counts.dimension, counts.cohort;
