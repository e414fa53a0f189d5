-- What is left of the overall scores when one network had delivered nothing.
-- Grain:  one row per (algorithm_version, dropped_network).
-- Units:  points; moves are of people who keep a score. 99 of 100 people move by at most move_of_99_percent.
-- Nulls:  moves, and the share of them, are null when nobody keeps a score.
WITH whole AS (
    SELECT * FROM rescored
    WHERE dropped_network IS NULL AND influence_score IS NOT NULL
),

dropped AS (
    SELECT * FROM rescored
    WHERE dropped_network IS NOT NULL AND influence_score IS NOT NULL
),

moves AS (
    SELECT
        whole.algorithm_version,
        dropped_networks.dropped_network,
        dropped.influence_score - whole.influence_score AS influence_score_delta
    FROM whole
    CROSS JOIN dropped_networks
    LEFT JOIN dropped
        ON
            whole.algorithm_version = dropped.algorithm_version
            AND dropped_networks.dropped_network = dropped.dropped_network
            AND whole.person_id = dropped.person_id
)

SELECT
    algorithm_version,
    dropped_network,
    COUNT(*) AS scored_count,
    COUNT(influence_score_delta) AS still_scored_count,
    ROUND(CAST(SUM(influence_score_delta) AS DOUBLE) / COUNT(influence_score_delta), 4) AS mean_delta,
    QUANTILE_DISC(ABS(influence_score_delta), 0.99) AS move_of_99_percent,
    MAX(ABS(influence_score_delta)) AS largest_move,
    ROUND(COUNT(*) FILTER (ABS(influence_score_delta) > 5) / NULLIF(COUNT(influence_score_delta), 0), 6)
        AS moved_5_share
FROM moves
GROUP BY algorithm_version, dropped_network
ORDER BY algorithm_version, dropped_network;
