-- The posts behind a person's topic, at most three, with the label or phrase that matched.
-- Grain:  one row per (snapshot_date, person_id, topic_id, algorithm_version, evidence_rank).
CREATE OR REPLACE VIEW topic_evidence AS
SELECT
    snapshot_date,
    person_id,
    topic_id,
    algorithm_version,
    evidence_rank,
    network,
    post_id,
    reaction_weight,
    interaction_count,
    matched_term,
    match_source
FROM pub__evidence;
