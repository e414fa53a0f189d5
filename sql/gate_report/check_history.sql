-- What each check measured on the nights before, oldest first: the last judging of each night.
-- Grain:  one row per (checked_table, invariant, snapshot_date).
-- Params: $nights, $snapshot_date
SELECT
    invariant,
    checked_table,
    snapshot_date,
    observed
FROM findings
WHERE snapshot_date BETWEEN $snapshot_date - TO_DAYS($nights) AND $snapshot_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY checked_table, invariant, snapshot_date ORDER BY recorded_at DESC) = 1
ORDER BY checked_table, invariant, snapshot_date;
