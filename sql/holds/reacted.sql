-- Who reacted since the night whose score the release shows, counted again from the days' reactions: what a
-- score can have gained by them, and that nobody was lost.
-- Grain:  one row per (person_id, topic_id) of the asked moves.
-- Units:  credit; an engager counts once, by all accounts, kinds and networks together.
-- Params: $engager_credit, $trusted_credit
WITH people AS (
    SELECT DISTINCT
        person_id,
        topic_id
    FROM asked_moves
),

trusted_engagers AS (
    SELECT DISTINCT
        network,
        account_id
    FROM trusted_accounts
),

reactions AS (
    SELECT
        engagement_days.topic_id,
        COALESCE(authors.person_id, engagement_days.network || ':' || engagement_days.author_account_id)
            AS person_id,
        COALESCE(engagers.person_id, engagement_days.network || ':' || engagement_days.engager_account_id)
            AS engager_person_id,
        trusted_engagers.account_id IS NOT NULL AS is_trusted
    FROM engagement_days
    LEFT JOIN links AS authors
        ON
            engagement_days.network = authors.network
            AND engagement_days.author_account_id = authors.account_id
    LEFT JOIN links AS engagers
        ON
            engagement_days.network = engagers.network
            AND engagement_days.engager_account_id = engagers.account_id
    LEFT JOIN trusted_engagers
        ON
            engagement_days.network = trusted_engagers.network
            AND engagement_days.engager_account_id = trusted_engagers.account_id
    WHERE engagement_days.engager_account_id IS NOT NULL
)

SELECT
    people.person_id,
    people.topic_id,
    COUNT(DISTINCT reactions.engager_person_id) AS engager_count,
    COUNT(DISTINCT reactions.engager_person_id) * $engager_credit AS gained_credit,
    COUNT(DISTINCT CASE WHEN reactions.is_trusted THEN reactions.engager_person_id END) * $trusted_credit
        AS gained_trust,
    0 AS changed_count,
    0 AS recircled_count,
    0.0 AS lost_credit,
    0.0 AS gained_circle,
    0.0 AS lost_circle,
    0.0 AS lost_trust,
    FALSE AS is_relinked
FROM people
LEFT JOIN reactions
    ON
        people.person_id = reactions.person_id
        AND people.topic_id = reactions.topic_id
GROUP BY people.person_id, people.topic_id;
