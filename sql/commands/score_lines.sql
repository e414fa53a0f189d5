-- The lines of one score, the largest first; they sum to influence_score - 1.
-- Grain:  one row per network and kind.
-- Params: $snapshot_date, $person_id, $topic_id, $algorithm_version
SELECT
    network,
    kind,
    points,
    distinct_engager_count,
    last_kind_date
FROM score_contributions
WHERE
    snapshot_date = CAST($snapshot_date AS DATE)
    AND person_id = $person_id
    AND topic_id = $topic_id
    AND algorithm_version = $algorithm_version
ORDER BY points DESC, network ASC, kind ASC;
