-- The published seed list of each night: accounts from which trust starts, and how long each serves.
-- Grain:  one row per (snapshot_date, network, account_id).
-- Rule:   docs/algorithms/v3.md. A seat says that an account is widely known, nothing else.
CREATE OR REPLACE VIEW trust_seeds AS
SELECT
    snapshot_date,
    network,
    account_id,
    drawn_date,
    expires_date,
    snapshot_date < expires_date AS is_serving
FROM feature__trust_seeds;
