-- The scores that an erasure changes when they are computed again: fewer people are left who reacted, by no
-- more than were erased; or somebody who reacted to an erased person has credit to give that went there.
-- Grain:  one row per (person_id, topic_id, algorithm_version).
-- Nulls:  a score that nobody is left for is not computed again, and counts as nobody who reacted.
SELECT
    released.person_id,
    released.topic_id,
    released.algorithm_version
FROM released_scores AS released
CROSS JOIN erased
LEFT JOIN replayed_scores AS replayed
    ON
        released.person_id = replayed.person_id
        AND released.topic_id = replayed.topic_id
        AND released.algorithm_version = replayed.algorithm_version
WHERE
    released.distinct_engager_count - COALESCE(replayed.distinct_engager_count, 0)
    BETWEEN 1 AND erased.account_count
    OR (
        erased.is_author_among
        AND released.distinct_engager_count = replayed.distinct_engager_count
        AND released.credit < replayed.credit
    );
