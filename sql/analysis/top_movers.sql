-- Who moved most on a topic between two released nights, under the active version (answers S1, S4).
-- Grain:  one row per person scored on both nights, the largest move first, up or down.
-- Params: $baseline_date, $candidate_date, $topic_id, $row_limit
SELECT
    candidate.person_id,
    baseline.influence_score AS baseline_influence_score,
    candidate.influence_score AS candidate_influence_score,
    candidate.influence_score - baseline.influence_score AS influence_score_delta,
    baseline.rank AS baseline_rank,
    candidate.rank AS candidate_rank,
    candidate.algorithm_version
FROM influence_scores AS candidate
INNER JOIN influence_scores AS baseline
    ON
        candidate.person_id = baseline.person_id
        AND candidate.topic_id = baseline.topic_id
WHERE
    candidate.snapshot_date = CAST($candidate_date AS DATE)
    AND baseline.snapshot_date = CAST($baseline_date AS DATE)
    AND candidate.topic_id = $topic_id
    AND candidate.state IN ('scored', 'held')
    AND baseline.state IN ('scored', 'held')
ORDER BY ABS(candidate.influence_score - baseline.influence_score) DESC, candidate.person_id ASC
LIMIT CAST($row_limit AS BIGINT);
