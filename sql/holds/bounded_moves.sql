-- The asked moves, and the credit that inputs can have brought or taken; trust only where it lifts a ceiling.
-- Grain:  one row per (person_id, topic_id, algorithm_version).
-- Rule:   a version with own circles also divides trust: any reaction of an engager to somebody else may move
--         it, so trust accounts for all that it can give or take there (decision 0017).
WITH rules AS (
    SELECT
        algorithm_version,
        BOOL_OR(kind = 'untrusted_cap') AS has_trust,
        BOOL_OR(kind = 'own_circle') AS has_circles
    FROM earlier_lines
    GROUP BY algorithm_version
)

SELECT
    asked_moves.person_id,
    asked_moves.topic_id,
    asked_moves.algorithm_version,
    asked_moves.held_delta,
    asked_moves.scored_date,
    input_bounds.engager_count,
    input_bounds.changed_count
    + CASE WHEN rules.has_circles THEN input_bounds.recircled_count ELSE 0 END AS changed_count,
    input_bounds.is_relinked,
    input_bounds.gained_credit
    + CASE WHEN rules.has_circles THEN input_bounds.gained_circle ELSE 0 END AS gained_credit,
    input_bounds.lost_credit
    + CASE WHEN rules.has_circles THEN input_bounds.lost_circle ELSE 0 END AS lost_credit,
    CASE
        WHEN rules.has_circles THEN 'infinity'::DOUBLE
        WHEN rules.has_trust THEN input_bounds.gained_trust
        ELSE 0
    END AS gained_trust,
    CASE
        WHEN rules.has_circles THEN 'infinity'::DOUBLE
        WHEN rules.has_trust THEN input_bounds.lost_trust
        ELSE 0
    END AS lost_trust
FROM asked_moves
INNER JOIN input_bounds
    ON
        asked_moves.person_id = input_bounds.person_id
        AND asked_moves.topic_id = input_bounds.topic_id
LEFT JOIN rules ON asked_moves.algorithm_version = rules.algorithm_version;
