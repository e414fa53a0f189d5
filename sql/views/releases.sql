-- What was released, when, and what it corrects; is_current marks the release that readers see of its night.
-- Grain:  one row per release_number.
-- Nulls:  restates_release_id is null for the first release of a night.
-- is_withdrawn marks what was rolled back: it stays in the ledger, and no reader sees it.
CREATE OR REPLACE VIEW releases AS
WITH newest_numbers AS (
    SELECT MAX(release_number) AS release_number
    FROM pub__releases
    WHERE release_number IN (SELECT standing_releases.release_number FROM standing_releases)
    GROUP BY snapshot_date
)

SELECT
    release_number,
    release_id,
    snapshot_date,
    verdict,
    restates_release_id,
    release_number IN (SELECT newest_numbers.release_number FROM newest_numbers) AS is_current,
    release_number NOT IN (SELECT standing_releases.release_number FROM standing_releases) AS is_withdrawn,
    candidate_id,
    candidate_digest,
    input_digest,
    recorded_at,
    chain_hash
FROM pub__releases;
