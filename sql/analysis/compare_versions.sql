-- What a version does to each score of one night: the same inputs under two algorithms (answers S7, S31).
-- Grain:  one row per (topic_id, person_id) scored by either version, the largest move first.
-- Nulls:  a score is null when that version found not enough evidence; influence_score_delta is null with it.
-- Params: $snapshot_date, $baseline_version, $candidate_version
WITH baseline AS (
    SELECT
        topic_id,
        person_id,
        influence_score,
        rank
    FROM influence_scores_all_versions
    WHERE
        snapshot_date = CAST($snapshot_date AS DATE)
        AND algorithm_version = $baseline_version
        AND state IN ('scored', 'held')
),

candidate AS (
    SELECT
        topic_id,
        person_id,
        influence_score,
        rank
    FROM influence_scores_all_versions
    WHERE
        snapshot_date = CAST($snapshot_date AS DATE)
        AND algorithm_version = $candidate_version
        AND state IN ('scored', 'held')
)

SELECT
    COALESCE(candidate.topic_id, baseline.topic_id) AS topic_id,
    COALESCE(candidate.person_id, baseline.person_id) AS person_id,
    baseline.influence_score AS baseline_influence_score,
    candidate.influence_score AS candidate_influence_score,
    candidate.influence_score - baseline.influence_score AS influence_score_delta,
    baseline.rank AS baseline_rank,
    candidate.rank AS candidate_rank
FROM baseline
FULL OUTER JOIN candidate
    ON
        baseline.topic_id = candidate.topic_id
        AND baseline.person_id = candidate.person_id
ORDER BY
    ABS(candidate.influence_score - baseline.influence_score) DESC NULLS LAST,
    COALESCE(candidate.topic_id, baseline.topic_id) ASC,
    COALESCE(candidate.person_id, baseline.person_id) ASC;
