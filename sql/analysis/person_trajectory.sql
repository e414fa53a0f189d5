-- One person on one topic, night by night, under the active version (answers S6).
-- Grain:  one row per released night on which the person has a row for the topic.
-- Nulls:  influence_score_delta is null on the first night, and where either night has no score.
-- Params: $person_id, $topic_id
SELECT
    snapshot_date,
    influence_score,
    influence_score - LAG(influence_score) OVER (ORDER BY snapshot_date ASC) AS influence_score_delta,
    state,
    threshold_missed,
    rank,
    percentile,
    stale_networks,
    algorithm_version
FROM influence_scores
WHERE
    person_id = $person_id
    AND topic_id = $topic_id
ORDER BY snapshot_date ASC;
