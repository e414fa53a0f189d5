-- Each score of one release taken apart under both versions: why the versions differ, line by line.
-- Grain:  one row per (topic_id, person_id, network, kind) of people scored by both versions.
-- Units:  points of the score; points_delta sums to influence_score_delta, to the digit.
-- Params: $baseline_version, $candidate_version
WITH both_versions AS (
    SELECT
        topic_id,
        person_id,
        influence_score_delta
    FROM paired_scores
    WHERE influence_score_delta IS NOT NULL
),

lines AS (
    SELECT
        topic_id,
        person_id,
        network,
        kind,
        SUM(IF(algorithm_version = $baseline_version, points, 0)) AS baseline_points,
        SUM(IF(algorithm_version = $candidate_version, points, 0)) AS candidate_points
    FROM released_contributions
    WHERE algorithm_version IN ($baseline_version, $candidate_version)
    GROUP BY topic_id, person_id, network, kind
)

SELECT
    lines.topic_id,
    lines.person_id,
    lines.network,
    lines.kind,
    CAST(lines.baseline_points AS DECIMAL(9, 4)) AS baseline_points,
    CAST(lines.candidate_points AS DECIMAL(9, 4)) AS candidate_points,
    CAST(lines.candidate_points - lines.baseline_points AS DECIMAL(9, 4)) AS points_delta,
    both_versions.influence_score_delta
FROM lines
INNER JOIN both_versions
    ON
        lines.topic_id = both_versions.topic_id
        AND lines.person_id = both_versions.person_id
ORDER BY lines.topic_id, lines.person_id, lines.network, lines.kind;
