-- Why rows of the night's files went to quarantine.
-- Grain:  one row per (feed, reason_code).
-- Params: $snapshot_date
WITH night_files AS (
    SELECT DISTINCT file_sha256
    FROM deliveries
    WHERE $snapshot_date BETWEEN covers_from_date AND covers_to_date
)

SELECT
    quarantine.feed,
    quarantine.reason_code,
    COUNT(*) AS row_count
FROM quarantine
INNER JOIN night_files ON quarantine.file_sha256 = night_files.file_sha256
GROUP BY quarantine.feed, quarantine.reason_code
ORDER BY quarantine.feed ASC, row_count DESC, quarantine.reason_code ASC;
