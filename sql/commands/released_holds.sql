-- Holds of one score that somebody released, of nights from the first one to the one before the last.
-- Grain:  one row per event.
-- Units:  held_delta is the move, in points, that the held night did not show.
-- Params: $person_digest, $topic_id, $algorithm_version, $first_date, $last_date
SELECT
    CAST(details ->> 'held_date' AS DATE) AS held_date,
    CAST(details ->> 'scored_date' AS DATE) AS scored_date,
    CAST(details ->> 'held_delta' AS DECIMAL(9, 4)) AS held_delta,
    details ->> 'reason' AS reason,
    made_by,
    recorded_at
FROM pub__events
WHERE
    event_type = 'hold_released'
    AND subject = $person_digest
    AND (details ->> 'topic_id') = $topic_id
    AND (details ->> 'algorithm_version') = $algorithm_version
    AND (details ->> 'held_date') >= CAST($first_date AS VARCHAR)
    AND (details ->> 'held_date') < CAST($last_date AS VARCHAR)
ORDER BY event_number;
