-- The overall scores computed once more from the frozen inputs of the release, against the released ones.
-- Grain:  one row per algorithm_version.
WITH again AS (
    SELECT * FROM rescored
    WHERE dropped_network IS NULL
),

released AS (
    SELECT
        released_scores.algorithm_version,
        released_scores.person_id,
        released_scores.influence_score
    FROM released_scores
    WHERE
        released_scores.topic_id = '_overall'
        AND released_scores.influence_score IS NOT NULL
        AND released_scores.algorithm_version IN (SELECT again.algorithm_version FROM again)
)

SELECT
    COALESCE(released.algorithm_version, again.algorithm_version) AS algorithm_version,
    COUNT(released.influence_score) AS released_score_count,
    COUNT(again.influence_score) AS computed_score_count,
    COUNT(*) FILTER (released.influence_score IS DISTINCT FROM again.influence_score)
        AS differing_score_count,
    MAX(ABS(released.influence_score - again.influence_score)) AS largest_difference
FROM released
FULL OUTER JOIN again
    ON
        released.algorithm_version = again.algorithm_version
        AND released.person_id = again.person_id
GROUP BY COALESCE(released.algorithm_version, again.algorithm_version)
ORDER BY COALESCE(released.algorithm_version, again.algorithm_version);
