-- Every night that was judged or released: the verdict on its newest candidate, and what readers see of it.
-- The verdict is `approved` where two people lifted a block, `rolled_back` where no release is left.
-- Grain:  one row per snapshot_date.
-- Nulls:  suspect, where to look first, is null unless the night is blocked;
--         release_number is null while readers see no release of the night.
WITH placed_verdicts AS (
    SELECT
        snapshot_date,
        candidate_id,
        verdict,
        blocked_by,
        suspect,
        ROW_NUMBER() OVER (PARTITION BY snapshot_date ORDER BY recorded_at DESC, candidate_id DESC) AS place
    FROM gate__verdicts
),

newest_verdicts AS (
    SELECT
        snapshot_date,
        candidate_id,
        verdict,
        blocked_by,
        suspect
    FROM placed_verdicts
    WHERE place = 1
),

newest_releases AS (
    SELECT
        snapshot_date,
        candidate_id,
        verdict,
        release_number
    FROM releases
    WHERE is_current
),

withdrawn_candidates AS (
    SELECT DISTINCT candidate_id
    FROM releases
    WHERE is_withdrawn
)

SELECT
    COALESCE(newest_verdicts.snapshot_date, newest_releases.snapshot_date) AS snapshot_date,
    CASE
        WHEN
            newest_releases.candidate_id = newest_verdicts.candidate_id
            AND newest_releases.verdict = 'approved'
            THEN newest_releases.verdict
        WHEN newest_releases.release_number IS NULL AND withdrawn_candidates.candidate_id IS NOT NULL
            THEN 'rolled_back'
        ELSE COALESCE(newest_verdicts.verdict, newest_releases.verdict)
    END AS verdict,
    newest_releases.release_number IS NOT NULL AS is_released,
    newest_verdicts.blocked_by,
    newest_verdicts.suspect,
    newest_releases.release_number
FROM newest_verdicts
FULL OUTER JOIN newest_releases ON newest_verdicts.snapshot_date = newest_releases.snapshot_date
LEFT JOIN withdrawn_candidates ON newest_verdicts.candidate_id = withdrawn_candidates.candidate_id
ORDER BY snapshot_date ASC;
