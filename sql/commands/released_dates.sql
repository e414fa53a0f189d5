-- The nights that readers can see.
-- Grain:  one row per snapshot_date, oldest first.
SELECT snapshot_date
FROM releases
WHERE is_current
ORDER BY snapshot_date ASC;
