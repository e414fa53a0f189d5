-- The moves whose hold nobody released: a released move may be shown, one further than that is judged again.
-- Grain:  one row per (person_id, topic_id, algorithm_version), as in large_moves.
-- Rule:   the same move starts at the same released score, and ends within the points that are never held.
-- Params: $least_points
SELECT
    person_id,
    topic_id,
    algorithm_version,
    held_delta,
    scored_date
FROM large_moves
WHERE NOT EXISTS (
    SELECT 1 FROM hold_releases
    WHERE
        hold_releases.person_digest = LEDGER_DIGEST(large_moves.person_id)
        AND hold_releases.topic_id = large_moves.topic_id
        AND hold_releases.algorithm_version = large_moves.algorithm_version
        AND hold_releases.scored_date = large_moves.scored_date
        AND ABS(large_moves.held_delta - hold_releases.held_delta) <= $least_points
);
