-- What the gate said of every night up to the release, the shadow nights of the new version among them.
-- Grain:  one row per verdict; a night that was run again has several.
SELECT
    verdicts.snapshot_date,
    verdicts.verdict,
    verdicts.blocked_by,
    verdicts.candidate_id,
    verdicts.candidate_digest,
    verdicts.recorded_at
FROM all_verdicts AS verdicts
ORDER BY verdicts.snapshot_date, verdicts.recorded_at, verdicts.candidate_id;
