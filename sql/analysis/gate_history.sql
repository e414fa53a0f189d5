-- Every judging of a candidate: its verdict, what did not hold, and the newest release of what was judged.
-- Grain:  one row per judging, in the order in which they were made; a candidate may be judged several times.
-- Nulls:  release_number is null when the candidate was not released.
WITH broken AS (
    SELECT
        candidate_id,
        recorded_at,
        COUNT(*) AS broken_invariant_count,
        STRING_AGG(invariant, ', ' ORDER BY invariant ASC) AS broken_invariants
    FROM gate__findings
    WHERE NOT is_held
    GROUP BY candidate_id, recorded_at
),

newest_releases AS (
    SELECT
        candidate_id,
        MAX(release_number) AS release_number
    FROM releases
    GROUP BY candidate_id
)

SELECT
    verdicts.snapshot_date,
    verdicts.candidate_id,
    verdicts.verdict,
    COALESCE(broken.broken_invariant_count, 0) AS broken_invariant_count,
    broken.broken_invariants,
    newest_releases.release_number
FROM gate__verdicts AS verdicts
LEFT JOIN broken
    ON
        verdicts.candidate_id = broken.candidate_id
        AND verdicts.recorded_at = broken.recorded_at
LEFT JOIN newest_releases ON verdicts.candidate_id = newest_releases.candidate_id
ORDER BY verdicts.recorded_at ASC, verdicts.candidate_id ASC;
