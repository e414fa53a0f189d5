-- Every candidate that was judged: its verdict, what did not hold, and the release that came of it.
-- Grain:  one row per candidate, in the order in which they were judged.
-- Nulls:  release_number is null when the candidate was not released.
WITH broken AS (
    SELECT
        candidate_id,
        COUNT(*) AS broken_invariant_count,
        STRING_AGG(invariant, ', ' ORDER BY invariant ASC) AS broken_invariants
    FROM gate__findings
    WHERE NOT is_held
    GROUP BY candidate_id
)

SELECT
    verdicts.snapshot_date,
    verdicts.candidate_id,
    verdicts.verdict,
    COALESCE(broken.broken_invariant_count, 0) AS broken_invariant_count,
    broken.broken_invariants,
    releases.release_number
FROM gate__verdicts AS verdicts
LEFT JOIN broken ON verdicts.candidate_id = broken.candidate_id
LEFT JOIN releases ON verdicts.candidate_id = releases.candidate_id
ORDER BY verdicts.recorded_at ASC, verdicts.candidate_id ASC;
