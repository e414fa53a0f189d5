-- The moves that nobody let go of: a move that was let go may be shown, one further than that is judged anew.
-- Grain:  one row per (person_id, topic_id, algorithm_version), as in moved.
-- Rule:   the same move starts at the same released score, and ends within the points that are never held.
-- Params: $least_points
SELECT
    person_id,
    topic_id,
    algorithm_version,
    held_delta,
    scored_date
FROM moved
WHERE NOT EXISTS (
    SELECT 1 FROM hold_releases
    WHERE
        hold_releases.person_digest = LEDGER_DIGEST(moved.person_id)
        AND hold_releases.topic_id = moved.topic_id
        AND hold_releases.algorithm_version = moved.algorithm_version
        AND hold_releases.scored_date = moved.scored_date
        AND ABS(moved.held_delta - hold_releases.held_delta) <= $least_points
);
