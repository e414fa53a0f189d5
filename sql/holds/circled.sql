-- Engagers who may be of one circle with a person tonight: they have that many partners in common, over all
-- posts, whoever of each two reacted. No version's circle is wider.
-- Grain:  one row per person_id of the reacted keys with such engagers.
-- Params: $circle_partners
WITH pairs AS (
    SELECT DISTINCT
        COALESCE(authors.person_id, state.network || ':' || state.author_account_id) AS person_id,
        COALESCE(engagers.person_id, state.network || ':' || state.engager_account_id) AS engager_person_id
    FROM state
    LEFT JOIN links AS authors
        ON
            state.network = authors.network
            AND state.author_account_id = authors.account_id
    LEFT JOIN links AS engagers
        ON
            state.network = engagers.network
            AND state.engager_account_id = engagers.account_id
    WHERE state.topic_id = '_overall'
),

partners AS (
    SELECT
        person_id,
        engager_person_id AS partner_id
    FROM pairs
    UNION
    SELECT
        engager_person_id AS person_id,
        person_id AS partner_id
    FROM pairs
),

people AS (
    SELECT DISTINCT person_id FROM reacted
),

common AS (
    SELECT
        pairs.person_id,
        pairs.engager_person_id,
        COUNT(*) AS partner_count
    FROM people
    INNER JOIN pairs ON people.person_id = pairs.person_id
    INNER JOIN partners AS own ON people.person_id = own.person_id
    INNER JOIN partners AS theirs
        ON
            pairs.engager_person_id = theirs.person_id
            AND own.partner_id = theirs.partner_id
    GROUP BY pairs.person_id, pairs.engager_person_id
)

SELECT
    person_id,
    COUNT(*) AS circled_count
FROM common
WHERE partner_count >= $circle_partners
GROUP BY person_id;
