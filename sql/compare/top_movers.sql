-- The people whose overall score moves most, up and down.
-- Grain:  one row per (direction, mover_rank).
-- Params: $row_limit
SELECT
    IF(influence_score_delta > 0, 'up', 'down') AS direction,
    ROW_NUMBER() OVER (
        PARTITION BY influence_score_delta > 0
        ORDER BY ABS(influence_score_delta) DESC, person_id ASC
    ) AS mover_rank,
    person_id,
    baseline_influence_score,
    candidate_influence_score,
    influence_score_delta,
    baseline_rank,
    candidate_rank
FROM paired_scores
WHERE topic_id = '_overall' AND influence_score_delta <> 0
QUALIFY mover_rank <= CAST($row_limit AS BIGINT)
ORDER BY direction DESC, mover_rank ASC;
