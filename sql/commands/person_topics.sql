-- All topics of a person on one night, the strongest first; topics without enough evidence last.
-- Grain:  one row per topic.
-- Params: $snapshot_date, $person_id, $algorithm_version
SELECT
    scores.topic_id,
    COALESCE(topic_names.topic_name, scores.topic_id) AS topic_name,
    scores.influence_score,
    scores.state,
    scores.threshold_missed,
    scores.percentile,
    scores.rank,
    scores.distinct_engager_count,
    scores.stale_networks,
    scores.person_id,
    scores.snapshot_date,
    scores.algorithm_version
FROM influence_scores_all_versions AS scores
LEFT JOIN topic_names ON scores.topic_id = topic_names.topic_id
WHERE
    scores.snapshot_date = CAST($snapshot_date AS DATE)
    AND scores.person_id = $person_id
    AND scores.algorithm_version = $algorithm_version
ORDER BY scores.influence_score DESC NULLS LAST, scores.topic_id ASC;
