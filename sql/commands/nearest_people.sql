-- The people of one night and version whose ids are written most like a given one.
-- Grain:  one row per person, at most five.
-- Params: $snapshot_date, $algorithm_version, $wanted
WITH people AS (
    SELECT DISTINCT person_id
    FROM influence_scores_all_versions
    WHERE
        snapshot_date = CAST($snapshot_date AS DATE)
        AND algorithm_version = $algorithm_version
)

SELECT
    person_id,
    GREATEST(
        JARO_WINKLER_SIMILARITY(LOWER(person_id), LOWER($wanted)),
        JARO_WINKLER_SIMILARITY(LOWER(SPLIT_PART(person_id, ':', 2)), LOWER($wanted))
    ) AS likeness_share
FROM people
ORDER BY likeness_share DESC, person_id ASC
LIMIT 5;
