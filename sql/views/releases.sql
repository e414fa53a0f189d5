-- What was released, when, and what it corrects; is_current marks the release that readers see of its night.
-- Grain:  one row per release_number.
-- Nulls:  restates_release_id is null for the first release of a night.
CREATE OR REPLACE VIEW releases AS
SELECT
    release_number,
    release_id,
    snapshot_date,
    verdict,
    restates_release_id,
    release_number = MAX(release_number) OVER (PARTITION BY snapshot_date) AS is_current,
    candidate_id,
    candidate_digest,
    input_digest,
    recorded_at,
    chain_hash
FROM pub__releases;
