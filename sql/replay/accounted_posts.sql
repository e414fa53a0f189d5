-- The posts that differ as an erasure makes them differ: the same author, and fewer reactions.
-- Grain:  one row per (snapshot_date, network, post_id, topic_id), a key of feature__post_state.
SELECT
    released.snapshot_date,
    released.network,
    released.post_id,
    released.topic_id
FROM released
INNER JOIN replayed
    ON
        released.snapshot_date = replayed.snapshot_date
        AND released.network = replayed.network
        AND released.post_id = replayed.post_id
        AND released.topic_id = replayed.topic_id
WHERE
    replayed.interaction_count <= released.interaction_count
    AND replayed.decayed_weight <= released.decayed_weight
    AND replayed.author_account_id = released.author_account_id;
