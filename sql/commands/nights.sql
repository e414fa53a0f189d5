-- Every night that was judged or released: the verdict on its newest candidate, and its newest release.
-- Grain:  one row per snapshot_date.
-- Nulls:  release_number is null while nothing of the night is released.
WITH placed_verdicts AS (
    SELECT
        snapshot_date,
        verdict,
        blocked_by,
        ROW_NUMBER() OVER (PARTITION BY snapshot_date ORDER BY recorded_at DESC, candidate_id DESC) AS place
    FROM gate__verdicts
),

newest_verdicts AS (
    SELECT
        snapshot_date,
        verdict,
        blocked_by
    FROM placed_verdicts
    WHERE place = 1
),

newest_releases AS (
    SELECT
        snapshot_date,
        verdict,
        release_number
    FROM releases
    WHERE is_current
)

SELECT
    COALESCE(newest_verdicts.snapshot_date, newest_releases.snapshot_date) AS snapshot_date,
    COALESCE(newest_verdicts.verdict, newest_releases.verdict) AS verdict,
    newest_releases.release_number IS NOT NULL AS is_released,
    newest_verdicts.blocked_by,
    newest_releases.release_number
FROM newest_verdicts
FULL OUTER JOIN newest_releases ON newest_verdicts.snapshot_date = newest_releases.snapshot_date
ORDER BY snapshot_date ASC;
