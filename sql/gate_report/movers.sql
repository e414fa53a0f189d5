-- The largest moves of the overall score, from the release before to the candidate of the night.
-- Grain:  one row per (person_id, algorithm_version); the largest moves only.
-- Params: $movers
SELECT
    scores_after.person_id,
    scores_after.algorithm_version,
    scores_before.influence_score AS before_score,
    scores_after.influence_score AS candidate_score,
    scores_after.influence_score - scores_before.influence_score AS score_delta
FROM scores_after
INNER JOIN scores_before
    ON
        scores_after.person_id = scores_before.person_id
        AND scores_after.topic_id = scores_before.topic_id
        AND scores_after.algorithm_version = scores_before.algorithm_version
WHERE
    scores_after.topic_id = '_overall'
    AND scores_after.influence_score <> scores_before.influence_score
ORDER BY ABS(score_delta) DESC, scores_after.algorithm_version ASC, scores_after.person_id ASC
LIMIT $movers;
