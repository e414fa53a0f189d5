-- The lines behind the largest moves: at most four for each of top_movers, the largest first.
-- Grain:  one row per (direction, mover_rank, cause_rank).
SELECT
    top_movers.direction,
    top_movers.mover_rank,
    ROW_NUMBER() OVER (
        PARTITION BY top_movers.direction, top_movers.mover_rank
        ORDER BY ABS(paired_lines.points_delta) DESC, paired_lines.network ASC, paired_lines.kind ASC
    ) AS cause_rank,
    top_movers.person_id,
    paired_lines.network,
    paired_lines.kind,
    paired_lines.baseline_points,
    paired_lines.candidate_points,
    paired_lines.points_delta
FROM top_movers
INNER JOIN paired_lines ON top_movers.person_id = paired_lines.person_id
WHERE paired_lines.topic_id = '_overall' AND paired_lines.points_delta <> 0
QUALIFY cause_rank <= 4
ORDER BY top_movers.direction DESC, top_movers.mover_rank ASC, cause_rank ASC;
