-- The nights that readers can see.
-- Grain:  one row per snapshot_date, oldest first.
SELECT DISTINCT snapshot_date
FROM releases
ORDER BY snapshot_date ASC;
