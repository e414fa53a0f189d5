-- Both versions of each score of one release, beside each other.
-- Grain:  one row per (topic_id, person_id) that either version looked at.
-- Nulls:  a score is null when that version found not enough evidence; influence_score_delta is null with it.
-- Params: $baseline_version, $candidate_version
WITH baseline AS (
    SELECT * FROM released_scores
    WHERE algorithm_version = $baseline_version
),

candidate AS (
    SELECT * FROM released_scores
    WHERE algorithm_version = $candidate_version
)

SELECT
    COALESCE(baseline.topic_id, candidate.topic_id) AS topic_id,
    COALESCE(baseline.person_id, candidate.person_id) AS person_id,
    baseline.influence_score AS baseline_influence_score,
    candidate.influence_score AS candidate_influence_score,
    candidate.influence_score - baseline.influence_score AS influence_score_delta,
    baseline.rank AS baseline_rank,
    candidate.rank AS candidate_rank,
    COALESCE(baseline.distinct_engager_count, candidate.distinct_engager_count) AS distinct_engager_count
FROM baseline
FULL OUTER JOIN candidate
    ON
        baseline.topic_id = candidate.topic_id
        AND baseline.person_id = candidate.person_id
ORDER BY
    COALESCE(baseline.topic_id, candidate.topic_id),
    COALESCE(baseline.person_id, candidate.person_id);
