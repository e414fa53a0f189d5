-- Who leads a topic under the active version, and by which kind of reaction.
-- Grain:  one row per (snapshot_date, topic_id, person_id) with a score; filter by topic_id and leading_kind.
-- Ties:   people with the same score share the better rank.
-- Nulls:  leading_network and leading_kind are null when no line is above zero.
CREATE OR REPLACE VIEW topic_leaderboard AS
SELECT
    scores.snapshot_date,
    scores.topic_id,
    scores.rank,
    scores.person_id,
    scores.algorithm_version,
    scores.influence_score,
    scores.percentile,
    scores.distinct_engager_count,
    scores.reacted_post_count,
    leading_kinds.leading_network,
    leading_kinds.leading_kind,
    scores.stale_networks
FROM pub__scores AS scores
INNER JOIN active_version ON scores.algorithm_version = active_version.algorithm_version
LEFT JOIN leading_kinds
    ON
        scores.snapshot_date = leading_kinds.snapshot_date
        AND scores.person_id = leading_kinds.person_id
        AND scores.topic_id = leading_kinds.topic_id
        AND scores.algorithm_version = leading_kinds.algorithm_version
WHERE scores.state IN ('scored', 'held');
