-- The four-fifths rule: which cohorts pass a threshold much less often than the cohort that passes most.
-- Grain:  one row per (dimension, threshold, cohort); score deciles are left out, they differ by design.
-- Nulls:  ratios are null when too few people of the dimension reach the threshold to compare shares.
WITH reached AS (
    SELECT
        scores.dimension,
        limits.threshold,
        scores.cohort,
        cohort_limits.smallest_person_count,
        COUNT(scores.baseline_influence_score) AS baseline_count,
        COUNT(scores.candidate_influence_score) AS candidate_count,
        COUNT(*) FILTER (scores.baseline_influence_score >= limits.threshold) AS baseline_reached,
        COUNT(*) FILTER (scores.candidate_influence_score >= limits.threshold) AS candidate_reached
    FROM cohort_scores AS scores
    INNER JOIN shown_cohorts
        ON
            scores.dimension = shown_cohorts.dimension
            AND scores.cohort = shown_cohorts.cohort
    CROSS JOIN score_thresholds AS limits
    CROSS JOIN cohort_limits
    WHERE scores.dimension NOT IN ('everybody', 'score_decile')
    GROUP BY scores.dimension, limits.threshold, scores.cohort, cohort_limits.smallest_person_count
),

shares AS (
    SELECT
        *,
        baseline_reached / NULLIF(baseline_count, 0) AS baseline_share,
        candidate_reached / NULLIF(candidate_count, 0) AS candidate_share
    FROM reached
),

best AS (
    SELECT
        *,
        MAX(baseline_share) OVER same_rule AS best_baseline_share,
        MAX(candidate_share) OVER same_rule AS best_candidate_share,
        SUM(baseline_reached) OVER same_rule >= smallest_person_count AS is_baseline_judged,
        SUM(candidate_reached) OVER same_rule >= smallest_person_count AS is_candidate_judged
    FROM shares
    WINDOW same_rule AS (PARTITION BY dimension, threshold)
),

ratios AS (
    SELECT
        *,
        CASE WHEN is_baseline_judged THEN baseline_share / best_baseline_share END AS baseline_ratio,
        CASE WHEN is_candidate_judged THEN candidate_share / best_candidate_share END AS candidate_ratio
    FROM best
)

SELECT
    ratios.dimension,
    ratios.threshold,
    ratios.cohort,
    ROUND(ratios.baseline_share, 6) AS baseline_share,
    ROUND(ratios.candidate_share, 6) AS candidate_share,
    ROUND(ratios.baseline_ratio, 6) AS baseline_ratio,
    ROUND(ratios.candidate_ratio, 6) AS candidate_ratio,
    ratios.baseline_ratio < four_fifths.lowest_ratio AS is_baseline_below,
    ratios.candidate_ratio < four_fifths.lowest_ratio AS is_candidate_below
FROM ratios
CROSS JOIN four_fifths
ORDER BY ratios.dimension, ratios.threshold, ratios.cohort;
