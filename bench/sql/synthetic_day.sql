-- One made-up day in the columns of the core tables. Nobody in it exists; equal variables give equal rows.
-- Variables: first_event, event_count, people_count (per network), snapshot_date, seed. Table: topics (place, topic_id).
-- Writes tables core__interactions, core__posts, core__post_topics, core__suppressions, core__identity_links.

CREATE MACRO uniform(a, salt) AS hash(a, salt, getvariable('seed'))::DOUBLE / 18446744073709551616.0;
CREATE MACRO person_rank(share) AS floor(getvariable('people_count') * share)::BIGINT;

CREATE TEMP TABLE reactions AS
WITH engagers AS (
    SELECT
        range AS event,
        CASE WHEN uniform(range, 1) < 0.6 THEN 'twitter'
            WHEN uniform(range, 1) < 0.9 THEN 'stackexchange' ELSE 'mailinglist' END AS network,
        person_rank(power(uniform(range, 2), 2)) AS engager,
        floor(24 * power(uniform(range, 3), 2))::BIGINT AS circle_place,
        uniform(range, 4) < 0.2 AS is_stranger,
        uniform(range, 8) AS kind_share
    FROM range(getvariable('first_event'), getvariable('first_event') + getvariable('event_count'))
)

SELECT
    event,
    network,
    engager,
    -- Four reactions of five go to the circle of authors that an engager keeps up with, the others anywhere.
    person_rank(power(
        CASE WHEN is_stranger THEN uniform(event, 5) ELSE uniform(hash(network, engager, circle_place), 6) END, 4
    )) AS author,
    floor(12 * power(uniform(event, 7), 2))::BIGINT AS post_number,
    CASE WHEN kind_share < 0.55 THEN 'like' WHEN kind_share < 0.75 THEN 'reply' WHEN kind_share < 0.90 THEN 'reshare'
        WHEN kind_share < 0.94 THEN 'quote' WHEN kind_share < 0.99 THEN 'mention' ELSE 'endorsement' END AS kind
FROM engagers;

CREATE TABLE core__interactions AS
SELECT
    getvariable('snapshot_date') AS snapshot_date,
    network,
    'i' || event AS interaction_id,
    kind,
    CASE WHEN kind != 'endorsement' THEN 'a' || engager END AS engager_account_id,
    CASE WHEN kind = 'mention' THEN 'a' || author END AS author_account_id,
    CASE WHEN kind != 'mention' THEN 'p' || author || '-' || post_number END AS post_id,
    CASE WHEN kind = 'mention' THEN 'p' || engager || '-' || post_number END AS source_post_id,
    getvariable('snapshot_date')::TIMESTAMPTZ AS interacted_at,
    1::BIGINT AS interaction_count
FROM reactions;

CREATE TEMP TABLE posts AS
SELECT
    network,
    author,
    post_number,
    hash(network, author, post_number, getvariable('snapshot_date')) AS post_hash
FROM reactions
WHERE kind != 'mention'
GROUP BY ALL;

CREATE TABLE core__posts AS
SELECT
    getvariable('snapshot_date') AS snapshot_date,
    network,
    'p' || author || '-' || post_number AS post_id,
    CASE WHEN uniform(post_hash, 11) >= 0.01 THEN 'a' || author END AS author_account_id,
    getvariable('snapshot_date')::TIMESTAMPTZ AS posted_at,
    NULL::VARCHAR AS post_text,
    NULL::VARCHAR AS native_labels,
    CASE WHEN uniform(post_hash, 12) < 0.2
        THEN 'p' || person_rank(power(uniform(post_hash, 13), 4)) || '-0' END AS parent_post_id,
    NULL::VARCHAR AS topic_source_post_id
FROM posts;

CREATE TABLE core__post_topics AS
WITH matched AS (
    SELECT network, author, post_number, floor(uniform(author, 14) * (SELECT count(*) FROM topics))::BIGINT AS place
    FROM posts WHERE uniform(post_hash, 15) < 0.6
    UNION
    SELECT network, author, post_number, floor(uniform(post_hash, 16) * (SELECT count(*) FROM topics))::BIGINT
    FROM posts WHERE uniform(post_hash, 17) < 0.2
)

SELECT
    getvariable('snapshot_date') AS snapshot_date,
    network,
    'p' || author || '-' || post_number AS post_id,
    topic_id,
    'label' AS match_source,
    topic_id AS matched_term,
    '2030-01-01' AS lexicon_version
FROM matched INNER JOIN topics USING (place);

CREATE TABLE core__suppressions AS
SELECT getvariable('snapshot_date') AS snapshot_date, 'suppression' AS list_code, network, 'a' || range AS account_id
FROM range(7, getvariable('people_count'), 1000), (VALUES ('twitter'), ('stackexchange')) AS listed (network);

CREATE TABLE core__identity_links AS
SELECT
    getvariable('snapshot_date') AS snapshot_date,
    network,
    'a' || range AS account_id,
    'linked-' || range AS person_id,
    'made up' AS link_source,
    getvariable('snapshot_date') AS declared_date
FROM range(0, getvariable('people_count'), 20), (VALUES ('twitter'), ('stackexchange'), ('mailinglist')) AS linked (network);
