-- The changes of one key after one night, up to another.
-- Grain:  one row per night, cause, network and kind, oldest first.
-- Params: $from_date, $last_date, $person_id, $topic_id, $algorithm_version
SELECT
    snapshot_date,
    compared_date,
    cause,
    network,
    kind,
    points,
    score_delta
FROM score_changes
WHERE
    snapshot_date > CAST($from_date AS DATE)
    AND snapshot_date <= CAST($last_date AS DATE)
    AND person_id = $person_id
    AND topic_id = $topic_id
    AND algorithm_version = $algorithm_version
ORDER BY snapshot_date ASC, cause ASC, network ASC, kind ASC;
