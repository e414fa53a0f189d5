-- Who is of one circle or one coordinated group with one of the people asked about, on one night.
-- Grain:  one row per (person_id, partner_id).
WITH own AS (
    SELECT * FROM asked_edges
    WHERE person_id IN (SELECT circle_people.person_id FROM circle_people)
),

circles AS (
    SELECT
        own.person_id,
        own.partner_id
    FROM own
    INNER JOIN asked_edges AS theirs ON own.fewest = theirs.fewest AND own.partner_id = theirs.person_id
    INNER JOIN own AS third
        ON
            own.fewest = third.fewest
            AND own.person_id = third.person_id
            AND theirs.partner_id = third.partner_id
    GROUP BY own.fewest, own.person_id, own.partner_id
    HAVING COUNT(*) >= MAX(own.fewest)
),

members AS (
    SELECT
        circle_groups.network || ':' || circle_groups.group_id AS group_id,
        COALESCE(circle_links.person_id, circle_groups.network || ':' || circle_groups.account_id)
            AS person_id
    FROM circle_groups
    LEFT JOIN circle_links
        ON
            circle_groups.network = circle_links.network
            AND circle_groups.account_id = circle_links.account_id
)

SELECT
    person_id,
    partner_id
FROM circles
UNION
SELECT
    mine.person_id,
    theirs.person_id AS partner_id
FROM members AS mine
INNER JOIN members AS theirs ON mine.group_id = theirs.group_id
WHERE
    mine.person_id <> theirs.person_id
    AND mine.person_id IN (SELECT circle_people.person_id FROM circle_people);
