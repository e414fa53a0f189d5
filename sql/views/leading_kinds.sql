-- The line that holds most of each score: two equal scores can have different causes (S14).
-- Grain:  one row per (snapshot_date, person_id, topic_id, algorithm_version) with a line above zero.
-- Ties:   of equal lines, the first by network and kind.
CREATE OR REPLACE VIEW leading_kinds AS
WITH placed_lines AS (
    SELECT
        snapshot_date,
        person_id,
        topic_id,
        algorithm_version,
        network,
        kind,
        points,
        ROW_NUMBER() OVER (
            PARTITION BY snapshot_date, person_id, topic_id, algorithm_version
            ORDER BY points DESC, network ASC, kind ASC
        ) AS place
    FROM pub__contributions
    WHERE points > 0
)

SELECT
    snapshot_date,
    person_id,
    topic_id,
    algorithm_version,
    network AS leading_network,
    kind AS leading_kind,
    points AS leading_points
FROM placed_lines
WHERE place = 1;
