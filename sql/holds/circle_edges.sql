-- Who can be of one circle with somebody on one night: partners of whom each has more partners than a circle
-- needs in common, over all posts; both ways. The rule is that of v5 (decision 0017).
-- Grain:  one row per (fewest, person_id, partner_id); fewest is how many partners they need in common.
-- Params: $mutual_partners, among those who answered each other; $partners, whoever of each two reacted
WITH pairs AS (
    SELECT DISTINCT
        COALESCE(authors.person_id, circle_state.network || ':' || circle_state.author_account_id)
            AS person_id,
        COALESCE(engagers.person_id, circle_state.network || ':' || circle_state.engager_account_id)
            AS partner_id
    FROM circle_state
    LEFT JOIN circle_links AS authors
        ON
            circle_state.network = authors.network
            AND circle_state.author_account_id = authors.account_id
    LEFT JOIN circle_links AS engagers
        ON
            circle_state.network = engagers.network
            AND circle_state.engager_account_id = engagers.account_id
    WHERE circle_state.topic_id = '_overall'
),

both_ways AS (
    SELECT
        person_id,
        partner_id
    FROM pairs
    UNION ALL
    SELECT
        partner_id AS person_id,
        person_id AS partner_id
    FROM pairs
),

partners AS (
    SELECT
        person_id,
        partner_id,
        COUNT(*) = 2 AS is_mutual
    FROM both_ways
    WHERE person_id <> partner_id
    GROUP BY person_id, partner_id
),

edges AS (
    SELECT
        CAST($partners AS BIGINT) AS fewest,
        person_id,
        partner_id
    FROM partners
    UNION ALL
    SELECT
        CAST($mutual_partners AS BIGINT) AS fewest,
        person_id,
        partner_id
    FROM partners
    WHERE is_mutual
),

crowded AS (
    SELECT
        fewest,
        person_id
    FROM edges
    GROUP BY fewest, person_id
    HAVING COUNT(*) > MAX(fewest)
)

SELECT
    edges.fewest,
    edges.person_id,
    edges.partner_id
FROM edges
INNER JOIN crowded AS near ON edges.fewest = near.fewest AND edges.person_id = near.person_id
INNER JOIN crowded AS far ON edges.fewest = far.fewest AND edges.partner_id = far.person_id;
