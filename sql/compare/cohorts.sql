-- What the change of version does to each cohort on average.
-- Grain:  one row per (dimension, cohort).
-- Units:  points; from and to are 1.96 standard errors of a mean of independent people away: 95 percent.
-- Nulls:  every number is null where is_suppressed.
WITH sums AS (
    SELECT
        dimension,
        cohort,
        COUNT(influence_score_delta) AS person_count,
        SUM(influence_score_delta)::DOUBLE AS delta_sum,
        SUM(influence_score_delta * influence_score_delta)::DOUBLE AS square_sum
    FROM cohort_scores
    GROUP BY dimension, cohort
),

moments AS (
    SELECT
        *,
        delta_sum / person_count AS mean_delta,
        GREATEST(0, square_sum - delta_sum * delta_sum / person_count) / (person_count - 1) AS variance
    FROM sums
    WHERE person_count > 1
),

intervals AS (
    SELECT
        moments.dimension,
        moments.cohort,
        moments.person_count,
        moments.mean_delta,
        1.96 * SQRT(moments.variance / moments.person_count) AS half_width
    FROM moments
    INNER JOIN shown_cohorts
        ON
            moments.dimension = shown_cohorts.dimension
            AND moments.cohort = shown_cohorts.cohort
)

SELECT
    sums.dimension,
    sums.cohort,
    intervals.cohort IS NULL AS is_suppressed,
    intervals.person_count,
    ROUND(intervals.mean_delta, 4) AS mean_delta,
    ROUND(intervals.mean_delta - intervals.half_width, 4) AS mean_delta_from,
    ROUND(intervals.mean_delta + intervals.half_width, 4) AS mean_delta_to
FROM sums
LEFT JOIN intervals
    ON
        sums.dimension = intervals.dimension
        AND sums.cohort = intervals.cohort
ORDER BY sums.dimension, sums.cohort;
