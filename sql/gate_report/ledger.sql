-- The newest releases of the chain.
-- Grain:  one row per release.
SELECT
    release_number,
    release_id,
    snapshot_date,
    verdict,
    restates_release_id,
    candidate_digest,
    previous_hash,
    chain_hash
FROM releases
ORDER BY release_number DESC;
