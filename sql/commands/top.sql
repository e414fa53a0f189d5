-- The first people of a topic on one night, under one version.
-- Grain:  one row per person; people who tie are listed by person_id.
-- Params: $snapshot_date, $topic_id, $algorithm_version, $row_limit
SELECT
    scores.rank,
    scores.person_id,
    scores.influence_score,
    scores.percentile,
    scores.distinct_engager_count,
    scores.reacted_post_count,
    leading_kinds.leading_network,
    leading_kinds.leading_kind,
    scores.stale_networks,
    scores.topic_id,
    scores.snapshot_date,
    scores.algorithm_version
FROM influence_scores_all_versions AS scores
LEFT JOIN leading_kinds
    ON
        scores.snapshot_date = leading_kinds.snapshot_date
        AND scores.person_id = leading_kinds.person_id
        AND scores.topic_id = leading_kinds.topic_id
        AND scores.algorithm_version = leading_kinds.algorithm_version
WHERE
    scores.snapshot_date = CAST($snapshot_date AS DATE)
    AND scores.topic_id = $topic_id
    AND scores.algorithm_version = $algorithm_version
    AND scores.state IN ('scored', 'held')
ORDER BY scores.rank ASC, scores.person_id ASC
LIMIT $row_limit;
