-- Cohorts that are large enough to be shown: in a smaller one a number says something about single people.
-- Grain:  one row per (dimension, cohort).
SELECT
    dimension,
    cohort,
    COUNT(*) AS person_count
FROM cohort_scores
WHERE influence_score_delta IS NOT NULL
GROUP BY dimension, cohort
HAVING COUNT(*) >= (SELECT cohort_limits.smallest_person_count FROM cohort_limits);
