-- By which kind of reaction each person of a topic leads, and how much of the score it holds (answers S14).
-- Grain:  one row per person with a score and a line above zero, best rank first.
-- Units:  leading_points_share is the leading line over influence_score - 1; discounts can lift it above 1.
-- Params: $snapshot_date, $topic_id
SELECT
    scores.rank,
    scores.person_id,
    scores.influence_score,
    leading_kinds.leading_network,
    leading_kinds.leading_kind,
    leading_kinds.leading_points,
    ROUND(leading_kinds.leading_points / (scores.influence_score - 1), 4) AS leading_points_share
FROM influence_scores AS scores
INNER JOIN leading_kinds
    ON
        scores.snapshot_date = leading_kinds.snapshot_date
        AND scores.person_id = leading_kinds.person_id
        AND scores.topic_id = leading_kinds.topic_id
        AND scores.algorithm_version = leading_kinds.algorithm_version
WHERE
    scores.snapshot_date = CAST($snapshot_date AS DATE)
    AND scores.topic_id = $topic_id
    AND scores.influence_score > 1
ORDER BY scores.rank ASC, scores.person_id ASC;
