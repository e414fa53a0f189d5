-- Which threshold keeps people of a topic from a score, and how often (answers S36).
-- Grain:  one row per threshold_missed, the most frequent first.
-- Params: $snapshot_date, $topic_id
SELECT
    threshold_missed,
    COUNT(*) AS person_count
FROM influence_scores
WHERE
    snapshot_date = CAST($snapshot_date AS DATE)
    AND topic_id = $topic_id
    AND state = 'insufficient_evidence'
GROUP BY threshold_missed
ORDER BY COUNT(*) DESC, threshold_missed ASC;
