-- The overall scores computed once more from the frozen inputs of the release, against the released ones.
-- Grain:  one row per algorithm_version.
-- Rule:   erased_difference_count are differences that erasures since account for: fewer people are left who
--         reacted, or credit is free that went to an erased person; differing_score_count are all others.
--         held_score_count are held scores: they are of an earlier night, and no other column counts them.
-- Units:  erased_row_count is the released rows of the night, of all versions, that are missing by erasure.
WITH again AS (
    SELECT * FROM rescored
    WHERE dropped_network IS NULL
),

released AS (
    SELECT
        released_scores.algorithm_version,
        released_scores.person_id,
        released_scores.influence_score,
        released_scores.distinct_engager_count,
        released_scores.credit,
        released_scores.state = 'held' AS is_held
    FROM released_scores
    WHERE
        released_scores.topic_id = '_overall'
        AND released_scores.influence_score IS NOT NULL
        AND released_scores.algorithm_version IN (SELECT again.algorithm_version FROM again)
),

paired AS (
    SELECT
        COALESCE(released.algorithm_version, again.algorithm_version) AS algorithm_version,
        COALESCE(released.is_held, FALSE) AS is_held,
        IF(released.is_held, NULL, released.influence_score) AS released_score,
        IF(released.is_held, NULL, again.influence_score) AS computed_score,
        COALESCE(released.distinct_engager_count - COALESCE(again.distinct_engager_count, 0), 0)
            AS gone_count,
        COALESCE(again.credit > released.credit, FALSE) AS is_more
    FROM released
    FULL OUTER JOIN again
        ON
            released.algorithm_version = again.algorithm_version
            AND released.person_id = again.person_id
),

judged AS (
    SELECT
        paired.*,
        erased.row_count AS erased_row_count,
        (paired.gone_count >= 1 AND paired.gone_count <= erased.account_count)
        OR (paired.gone_count = 0 AND paired.is_more AND erased.is_author_among) AS is_erased
    FROM paired
    CROSS JOIN erased
)

SELECT
    algorithm_version,
    COUNT(released_score) AS released_score_count,
    COUNT(computed_score) AS computed_score_count,
    COUNT(*) FILTER (is_held) AS held_score_count,
    COUNT(*) FILTER (released_score IS DISTINCT FROM computed_score AND NOT is_erased)
        AS differing_score_count,
    COUNT(*) FILTER (released_score IS DISTINCT FROM computed_score AND is_erased)
        AS erased_difference_count,
    ANY_VALUE(erased_row_count) AS erased_row_count,
    MAX(ABS(released_score - computed_score)) AS largest_difference
FROM judged
GROUP BY algorithm_version
ORDER BY algorithm_version;
