-- Every released score, under every version: for comparing versions, never for one number.
-- Grain:  one row per (snapshot_date, person_id, topic_id, algorithm_version).
-- Nulls:  influence_score, percentile and rank are null together, when state is insufficient_evidence.
-- Held:   a row in the state held shows the score of an earlier release; score_holds says which, and why.
CREATE OR REPLACE VIEW influence_scores_all_versions AS
SELECT
    snapshot_date,
    person_id,
    topic_id,
    algorithm_version,
    influence_score,
    state,
    threshold_missed,
    percentile,
    rank,
    distinct_engager_count,
    reacted_post_count,
    active_day_count,
    anonymous_reaction_count,
    stale_networks
FROM pub__scores;
