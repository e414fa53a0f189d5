-- What a score can have gained or lost, with who came into the person's own circle, or left it, as well.
-- Grain:  one row per (person_id, topic_id), as in changed.
-- Units:  credit
-- Params: $engager_credit
SELECT
    changed.person_id,
    changed.topic_id,
    changed.engager_count,
    changed.changed_count,
    COALESCE(recircled.joined_count + recircled.left_count, 0) AS recircled_count,
    changed.gained_credit,
    changed.gained_trust,
    changed.lost_credit,
    COALESCE(recircled.left_count, 0) * $engager_credit AS gained_circle,
    COALESCE(recircled.joined_count, 0) * $engager_credit AS lost_circle,
    changed.lost_trust,
    changed.is_relinked
FROM changed
LEFT JOIN recircled ON changed.person_id = recircled.person_id;
