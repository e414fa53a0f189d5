-- Scores that moved further than any day's ageing since the last release, with what is needed to judge them.
-- Grain:  one row per (person_id, topic_id, algorithm_version) with a score in both nights.
-- Units:  points; scored_date is the night whose score the release shows: its own, unless the score was held.
-- Params: $least_points
SELECT
    scored.person_id,
    scored.topic_id,
    scored.algorithm_version,
    scored.influence_score - released.influence_score AS held_delta,
    COALESCE(earlier_holds.scored_date, released.snapshot_date) AS scored_date
FROM scored
INNER JOIN released
    ON
        scored.person_id = released.person_id
        AND scored.topic_id = released.topic_id
        AND scored.algorithm_version = released.algorithm_version
LEFT JOIN earlier_holds
    ON
        released.state = 'held'
        AND scored.person_id = earlier_holds.person_id
        AND scored.topic_id = earlier_holds.topic_id
        AND scored.algorithm_version = earlier_holds.algorithm_version
WHERE ABS(scored.influence_score - released.influence_score) > $least_points;
