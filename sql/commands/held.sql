-- Who is held on the newest night that readers see, under one version.
-- Grain:  one row per (person_id, topic_id).
-- Params: $algorithm_version
SELECT
    snapshot_date,
    person_id,
    topic_id,
    scored_date,
    held_reason
FROM score_holds
WHERE
    snapshot_date = (
        SELECT MAX(releases.snapshot_date)
        FROM releases
        WHERE releases.is_current
    )
    AND algorithm_version = $algorithm_version
ORDER BY person_id ASC, topic_id ASC;
