-- What a score can have gained or lost, with what lists, links, groups and trust changed: each engager of the
-- earlier state whose standing changed counts as if all of their credit had come or gone.
-- Grain:  one row per (person_id, topic_id) of the reacted keys.
-- Units:  credit; is_relinked says that the accounts of the person themself changed.
-- Params: $engager_credit, $trusted_credit
WITH pairs AS (
    SELECT
        earlier_state.topic_id,
        COALESCE(links.person_id, earlier_state.network || ':' || earlier_state.author_account_id)
            AS person_id,
        COALESCE(earlier_links.person_id, earlier_state.network || ':' || earlier_state.author_account_id)
            AS earlier_person_id,
        earlier_state.network || ':' || earlier_state.engager_account_id AS engager,
        COALESCE(engagers.is_retrusted, FALSE) AS is_retrusted,
        engagers.account_id IS NOT NULL AS is_changed,
        COALESCE(authors.is_relinked, FALSE) AS is_relinked
    FROM earlier_state
    LEFT JOIN links
        ON
            earlier_state.network = links.network
            AND earlier_state.author_account_id = links.account_id
    LEFT JOIN earlier_links
        ON
            earlier_state.network = earlier_links.network
            AND earlier_state.author_account_id = earlier_links.account_id
    LEFT JOIN changed_accounts AS authors
        ON
            earlier_state.network = authors.network
            AND earlier_state.author_account_id = authors.account_id
    LEFT JOIN changed_accounts AS engagers
        ON
            earlier_state.network = engagers.network
            AND earlier_state.engager_account_id = engagers.account_id
    WHERE authors.account_id IS NOT NULL OR engagers.account_id IS NOT NULL
),

of_either_person AS (
    SELECT * FROM pairs
    UNION ALL
    SELECT * REPLACE (earlier_person_id AS person_id) FROM pairs
    WHERE earlier_person_id <> person_id
),

counted AS (
    SELECT
        person_id,
        topic_id,
        COUNT(DISTINCT CASE WHEN is_changed THEN engager END) AS changed_count,
        COUNT(DISTINCT CASE WHEN is_retrusted THEN engager END) AS retrusted_count,
        BOOL_OR(is_relinked) AS is_relinked
    FROM of_either_person
    GROUP BY person_id, topic_id
)

SELECT
    reacted.person_id,
    reacted.topic_id,
    reacted.engager_count,
    COALESCE(counted.changed_count, 0) AS changed_count,
    reacted.recircled_count,
    reacted.gained_credit + COALESCE(counted.changed_count, 0) * $engager_credit AS gained_credit,
    reacted.gained_trust + COALESCE(counted.retrusted_count, 0) * $trusted_credit AS gained_trust,
    COALESCE(counted.changed_count, 0) * $engager_credit AS lost_credit,
    reacted.gained_circle,
    reacted.lost_circle,
    COALESCE(counted.retrusted_count, 0) * $trusted_credit AS lost_trust,
    COALESCE(counted.is_relinked, FALSE) AS is_relinked
FROM reacted
LEFT JOIN counted
    ON
        reacted.person_id = counted.person_id
        AND reacted.topic_id = counted.topic_id;
