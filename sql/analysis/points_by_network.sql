-- How much of all points each network brings, per kind of reaction (answers S45, S46).
-- Grain:  one row per (network, kind); discounts are negative.
-- Params: $snapshot_date, $topic_id
SELECT
    contributions.network,
    contributions.kind,
    COUNT(DISTINCT contributions.person_id) AS person_count,
    SUM(contributions.points) AS points
FROM score_contributions AS contributions
INNER JOIN active_version ON contributions.algorithm_version = active_version.algorithm_version
WHERE
    contributions.snapshot_date = CAST($snapshot_date AS DATE)
    AND contributions.topic_id = $topic_id
GROUP BY contributions.network, contributions.kind
ORDER BY SUM(contributions.points) DESC, contributions.network ASC, contributions.kind ASC;
