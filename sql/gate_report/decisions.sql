-- The newest decisions about what is published.
-- Grain:  one row per event.
-- Nulls:  reason is null where the type of the event takes none.
SELECT
    event_number,
    event_type,
    subject,
    made_by,
    details ->> 'reason' AS reason,
    recorded_at,
    chain_hash
FROM events
ORDER BY event_number DESC;
