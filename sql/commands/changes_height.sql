-- What the formula needs to say what would move a score: its credit, and what the ceiling cut off.
-- Grain:  at most one row; none without a score.
-- Units:  ceiling_points in points, 0 or less.
-- Params: $snapshot_date, $person_id, $topic_id, $algorithm_version
SELECT
    scores.influence_score,
    scores.credit,
    COALESCE(SUM(contributions.points), 0) AS ceiling_points
FROM pub__scores AS scores
LEFT JOIN score_contributions AS contributions
    ON
        scores.snapshot_date = contributions.snapshot_date
        AND scores.person_id = contributions.person_id
        AND scores.topic_id = contributions.topic_id
        AND scores.algorithm_version = contributions.algorithm_version
        AND contributions.kind = 'ceiling'
WHERE
    scores.snapshot_date = CAST($snapshot_date AS DATE)
    AND scores.person_id = $person_id
    AND scores.topic_id = $topic_id
    AND scores.algorithm_version = $algorithm_version
    AND scores.influence_score IS NOT NULL
GROUP BY scores.influence_score, scores.credit;
