-- Nights of the last year that statistics alone blocked, beside the budget of false blocks a year.
-- Grain:  one row.
-- Units:  nights; a night counts by its last judging. What was found to be a real fault counts, too.
-- Params: $budget, $waivable
WITH last_judgings AS (
    SELECT
        snapshot_date,
        STRING_SPLIT(blocked_by, ', ') AS blocking
    FROM verdicts
    QUALIFY ROW_NUMBER() OVER (PARTITION BY snapshot_date ORDER BY recorded_at DESC) = 1
)

SELECT
    COUNT(*) AS judged_night_count,
    COUNT(blocking) AS blocked_night_count,
    COUNT(*) FILTER (WHERE LIST_HAS_ALL($waivable, blocking)) AS blocked_by_statistics_count,
    CAST($budget AS DOUBLE) AS budgeted_false_block_count
FROM last_judgings;
