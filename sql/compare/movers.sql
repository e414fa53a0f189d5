-- How many people move how far, and which way, when the version changes.
-- Grain:  one row per (dimension, cohort, size_band, direction); bands hold their upper end.
WITH moves AS (
    SELECT
        scores.dimension,
        scores.cohort,
        move_bands.band_rank,
        CASE SIGN(scores.influence_score_delta)
            WHEN 1 THEN 'up'
            WHEN -1 THEN 'down'
            ELSE 'unchanged'
        END AS direction
    FROM cohort_scores AS scores
    INNER JOIN move_bands
        ON
            ABS(scores.influence_score_delta) > move_bands.above_points
            AND ABS(scores.influence_score_delta) <= move_bands.to_points
),

cells AS (
    SELECT
        shown_cohorts.dimension,
        shown_cohorts.cohort,
        shown_cohorts.person_count,
        move_bands.band_rank,
        move_bands.size_band,
        directions.direction
    FROM shown_cohorts
    CROSS JOIN move_bands
    CROSS JOIN (VALUES ('up'), ('down'), ('unchanged')) AS directions (direction)
    WHERE (directions.direction = 'unchanged') = (move_bands.to_points = 0)
)

SELECT
    cells.dimension,
    cells.cohort,
    cells.size_band,
    cells.direction,
    COUNT(moves.direction) AS mover_count,
    ROUND(COUNT(moves.direction) / cells.person_count, 6) AS mover_share
FROM cells
LEFT JOIN moves
    ON
        cells.dimension = moves.dimension
        AND cells.cohort = moves.cohort
        AND cells.band_rank = moves.band_rank
        AND cells.direction = moves.direction
GROUP BY cells.dimension, cells.cohort, cells.band_rank, cells.size_band, cells.direction, cells.person_count
ORDER BY cells.dimension ASC, cells.cohort ASC, cells.band_rank ASC, cells.direction DESC;
