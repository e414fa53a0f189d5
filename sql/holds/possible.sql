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
    asked.person_id,
    asked.topic_id,
    asked.algorithm_version,
    asked.held_delta,
    asked.scored_date,
    possibly.engager_count,
    possibly.changed_count
    + CASE WHEN rules.has_circles THEN possibly.recircled_count ELSE 0 END AS changed_count,
    possibly.is_relinked,
    possibly.gained_credit
    + CASE WHEN rules.has_circles THEN possibly.gained_circle ELSE 0 END AS gained_credit,
    possibly.lost_credit
    + CASE WHEN rules.has_circles THEN possibly.lost_circle ELSE 0 END AS lost_credit,
    CASE
        WHEN rules.has_circles THEN 'infinity'::DOUBLE
        WHEN rules.has_trust THEN possibly.gained_trust
        ELSE 0
    END AS gained_trust,
    CASE
        WHEN rules.has_circles THEN 'infinity'::DOUBLE
        WHEN rules.has_trust THEN possibly.lost_trust
        ELSE 0
    END AS lost_trust
FROM asked
INNER JOIN possibly
    ON
        asked.person_id = possibly.person_id
        AND asked.topic_id = possibly.topic_id
LEFT JOIN rules ON asked.algorithm_version = rules.algorithm_version;
