-- Whether the lines of both versions account for the whole difference of each score.
-- Grain:  one row.
-- Units:  largest_residual is in points; 0 means that every line is there.
WITH sums AS (
    SELECT influence_score_delta - SUM(points_delta) AS residual
    FROM paired_lines
    GROUP BY topic_id, person_id, influence_score_delta
),

scored AS (
    SELECT COUNT(influence_score_delta) AS score_count FROM paired_scores
)

SELECT
    MAX(scored.score_count) AS score_count,
    COUNT(sums.residual) AS score_with_lines_count,
    COALESCE(COUNT(*) FILTER (sums.residual <> 0), 0) AS score_with_residual_count,
    MAX(ABS(sums.residual)) AS largest_residual
FROM scored
LEFT JOIN sums ON TRUE;
