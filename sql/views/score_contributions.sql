-- The lines of a score: influence_score - 1 = SUM(points), to the digit, for every key that has a score.
-- Grain:  one row per (snapshot_date, person_id, topic_id, algorithm_version, network, kind).
-- Units:  points of the score; a discount is negative.
CREATE OR REPLACE VIEW score_contributions AS
SELECT
    snapshot_date,
    person_id,
    topic_id,
    algorithm_version,
    network,
    kind,
    points,
    distinct_engager_count,
    last_kind_date
FROM pub__contributions;
