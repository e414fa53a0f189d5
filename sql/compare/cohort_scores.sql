-- The scores of each cohort under both versions: everybody, each topic, and the cohorts of person_cohorts.
-- Grain:  one row per (dimension, cohort, person_id); the overall score, but for topics.
SELECT
    'everybody' AS dimension,
    'all' AS cohort,
    person_id,
    baseline_influence_score,
    candidate_influence_score,
    influence_score_delta
FROM paired_scores
WHERE topic_id = '_overall'
UNION ALL
SELECT
    'topic' AS dimension,
    topic_id AS cohort,
    person_id,
    baseline_influence_score,
    candidate_influence_score,
    influence_score_delta
FROM paired_scores
WHERE topic_id <> '_overall'
UNION ALL
SELECT
    person_cohorts.dimension,
    person_cohorts.cohort,
    person_cohorts.person_id,
    paired_scores.baseline_influence_score,
    paired_scores.candidate_influence_score,
    paired_scores.influence_score_delta
FROM person_cohorts
INNER JOIN paired_scores ON person_cohorts.person_id = paired_scores.person_id
WHERE paired_scores.topic_id = '_overall';
