-- How many people each topic can say something about, and how many lack evidence (answers S34, S36).
-- Grain:  one row per topic, the widest first; the roll-up over all topics is left out.
-- Units:  scored_share is scored people over all people with a row for the topic.
-- Params: $snapshot_date
SELECT
    topic_id,
    COUNT(*) AS person_count,
    COUNT(*) FILTER (WHERE state IN ('scored', 'held')) AS scored_person_count,
    ROUND(COUNT(*) FILTER (WHERE state IN ('scored', 'held')) / COUNT(*), 4) AS scored_share,
    MAX(influence_score) AS highest_influence_score
FROM influence_scores
WHERE
    snapshot_date = CAST($snapshot_date AS DATE)
    AND topic_id <> '_overall'
GROUP BY topic_id
ORDER BY scored_person_count DESC, person_count DESC, topic_id ASC;
