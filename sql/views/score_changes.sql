-- Why each score moved since the last released night: SUM(points) = score_delta, to the digit (S1).
-- Grain:  one row per (snapshot_date, person_id, topic_id, algorithm_version, cause, network, kind).
-- Units:  points of the score; score_delta is of the whole key, alike in all its rows, never to be summed.
-- Missing: a key that is not scored in both nights; a cause that did not act.
CREATE OR REPLACE VIEW score_changes AS
SELECT
    snapshot_date,
    person_id,
    topic_id,
    algorithm_version,
    cause,
    network,
    kind,
    points,
    score_delta,
    compared_date
FROM pub__changes;
