-- The asked moves, and the credit that inputs can have brought or taken; trust only where it lifts a ceiling.
-- Grain:  one row per (person_id, topic_id, algorithm_version).
WITH trusting AS (
    SELECT DISTINCT algorithm_version FROM earlier_lines
    WHERE kind = 'untrusted_cap'
)

SELECT
    asked.person_id,
    asked.topic_id,
    asked.algorithm_version,
    asked.held_delta,
    asked.scored_date,
    possibly.engager_count,
    possibly.changed_count,
    possibly.is_relinked,
    possibly.gained_credit,
    possibly.lost_credit,
    CASE WHEN trusting.algorithm_version IS NULL THEN 0 ELSE possibly.gained_trust END AS gained_trust,
    CASE WHEN trusting.algorithm_version IS NULL THEN 0 ELSE possibly.lost_trust END AS lost_trust
FROM asked
INNER JOIN possibly
    ON
        asked.person_id = possibly.person_id
        AND asked.topic_id = possibly.topic_id
LEFT JOIN trusting ON asked.algorithm_version = trusting.algorithm_version;
