-- The newest decisions about what is published.
-- Grain:  one row per event.
SELECT
    event_number,
    event_type,
    subject,
    made_by,
    recorded_at,
    chain_hash
FROM events
ORDER BY event_number DESC
