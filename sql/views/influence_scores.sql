-- The released scores under the active version: one number per person, topic and day.
-- Grain:  one row per (snapshot_date, person_id, topic_id); algorithm_version is the active one in every row.
-- Nulls:  influence_score, percentile and rank are null together, when state is insufficient_evidence.
-- Held:   a row in the state held shows the score of an earlier release; score_holds says which, and why.
CREATE OR REPLACE VIEW influence_scores AS
SELECT
    scores.snapshot_date,
    scores.person_id,
    scores.topic_id,
    scores.algorithm_version,
    scores.influence_score,
    scores.state,
    scores.threshold_missed,
    scores.percentile,
    scores.rank,
    scores.distinct_engager_count,
    scores.reacted_post_count,
    scores.active_day_count,
    scores.anonymous_reaction_count,
    scores.stale_networks
FROM pub__scores AS scores
INNER JOIN active_version ON scores.algorithm_version = active_version.algorithm_version;
