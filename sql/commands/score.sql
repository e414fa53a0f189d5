-- One score, or which evidence is missing for one.
-- Grain:  at most one row.
-- Nulls:  scored_date and held_reason are null unless the score is held.
-- Params: $snapshot_date, $person_id, $topic_id, $algorithm_version
SELECT
    scores.snapshot_date,
    scores.person_id,
    scores.topic_id,
    COALESCE(topic_names.topic_name, scores.topic_id) AS topic_name,
    scores.algorithm_version,
    scores.influence_score,
    scores.state,
    scores.threshold_missed,
    holds.scored_date,
    holds.held_reason,
    scores.percentile,
    scores.rank,
    scores.distinct_engager_count,
    scores.reacted_post_count,
    scores.active_day_count,
    scores.anonymous_reaction_count,
    scores.stale_networks
FROM influence_scores_all_versions AS scores
LEFT JOIN topic_names ON scores.topic_id = topic_names.topic_id
LEFT JOIN score_holds AS holds
    ON
        scores.snapshot_date = holds.snapshot_date
        AND scores.person_id = holds.person_id
        AND scores.topic_id = holds.topic_id
        AND scores.algorithm_version = holds.algorithm_version
WHERE
    scores.snapshot_date = CAST($snapshot_date AS DATE)
    AND scores.person_id = $person_id
    AND scores.topic_id = $topic_id
    AND scores.algorithm_version = $algorithm_version;
