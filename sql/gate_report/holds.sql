-- Scores that are held at the value of an earlier release, and why.
-- Grain:  one row per (person_id, topic_id, algorithm_version).
SELECT
    scores_after.person_id,
    scores_after.topic_id,
    scores_after.algorithm_version,
    scores_after.influence_score AS held_score,
    held_moves.held_delta,
    held_moves.accounted_points,
    held_moves.scored_date,
    held_moves.held_reason
FROM scores_after
LEFT JOIN held_moves
    ON
        scores_after.person_id = held_moves.person_id
        AND scores_after.topic_id = held_moves.topic_id
        AND scores_after.algorithm_version = held_moves.algorithm_version
WHERE scores_after.state = 'held'
ORDER BY scores_after.algorithm_version, scores_after.topic_id, scores_after.person_id;
