-- The checks of the night's last judging, those that did not hold first.
-- Grain:  one row per (checked_table, invariant).
-- Params: $snapshot_date
SELECT
    invariant,
    checked_table,
    severity,
    is_held,
    observed,
    limit_min,
    limit_max,
    offenders,
    why
FROM findings
WHERE snapshot_date = $snapshot_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY checked_table, invariant ORDER BY recorded_at DESC) = 1
ORDER BY is_held, severity, checked_table, invariant;
