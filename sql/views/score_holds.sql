-- Scores that are held: the row shows that of an earlier release, for inputs do not account for the move.
-- Grain:  one row per (snapshot_date, person_id, topic_id, algorithm_version) whose state is held.
-- Units:  points; held_delta is the score as computed less the kept one, accounted_points what inputs can do.
-- Time:   scored_date is the released night whose score is kept.
CREATE OR REPLACE VIEW score_holds AS
SELECT
    holds.snapshot_date,
    holds.person_id,
    holds.topic_id,
    holds.algorithm_version,
    holds.scored_date,
    holds.held_delta,
    holds.accounted_points,
    holds.held_reason
FROM audit__holds AS holds
INNER JOIN pub__scores AS scores
    ON
        holds.snapshot_date = scores.snapshot_date
        AND holds.person_id = scores.person_id
        AND holds.topic_id = scores.topic_id
        AND holds.algorithm_version = scores.algorithm_version
WHERE scores.state = 'held';
