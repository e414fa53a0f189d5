-- The posts behind one score, the most reacted to first.
-- Grain:  one row per post, at most three.
-- Params: $snapshot_date, $person_id, $topic_id, $algorithm_version
SELECT
    evidence_rank,
    network,
    post_id,
    matched_term,
    match_source,
    interaction_count,
    reaction_weight
FROM topic_evidence
WHERE
    snapshot_date = CAST($snapshot_date AS DATE)
    AND person_id = $person_id
    AND topic_id = $topic_id
    AND algorithm_version = $algorithm_version
ORDER BY evidence_rank ASC;
