-- The v2 scores of one night by plain SQL on one machine, from the core tables and the state of the night before.
-- Reads: core__interactions, core__posts, core__post_topics, core__suppressions, core__identity_links, earlier_state,
-- exchange_rates (network, rate), topic_references (topic_id, reference); variables snapshot_date, default_reference.
-- Writes: pairs_state (what the next night starts from), v2_lines (the parts of each score) and v2_scores.
-- Weights are integers in units of 2^-32, so that sums do not depend on the order of rows.

CREATE MACRO unit() AS 4294967296;
CREATE MACRO decayed(weight, age) AS floor(
    weight::DOUBLE * (round(power(2.0, -(age % 30) / 30.0) * unit()) / unit()) / power(2.0, least(age // 30, 62))
)::BIGINT;
CREATE MACRO live(weight) AS CASE WHEN weight >= 4096 THEN weight ELSE 0 END;

-- Nobody who is on a list counts, nor any other account of the same person.
CREATE TEMP TABLE suppressed AS
SELECT network, account_id FROM core__suppressions
UNION
SELECT linked.network, linked.account_id
FROM core__suppressions AS listed
INNER JOIN core__identity_links AS own USING (network, account_id)
INNER JOIN core__identity_links AS linked ON own.person_id = linked.person_id;

CREATE TEMP TABLE posts AS
SELECT network, post_id, author_account_id, parent_post_id
FROM core__posts AS posts
ANTI JOIN suppressed ON posts.network = suppressed.network AND posts.author_account_id = suppressed.account_id;

-- An accepted answer names no engager: the one who asked is meant.
CREATE TEMP TABLE reactions AS
WITH resolved AS (
    SELECT
        interactions.network,
        interactions.kind,
        interactions.interaction_count,
        CASE WHEN interactions.kind = 'endorsement' AND interactions.engager_account_id IS NULL
            THEN parents.author_account_id ELSE interactions.engager_account_id END AS engager_account_id,
        coalesce(interactions.author_account_id, posts.author_account_id) AS author_account_id,
        CASE WHEN posts.author_account_id IS NULL THEN coalesce(interactions.source_post_id, interactions.post_id)
            ELSE interactions.post_id END AS post_id
    FROM core__interactions AS interactions
    LEFT JOIN posts ON interactions.network = posts.network AND interactions.post_id = posts.post_id
    LEFT JOIN posts AS parents ON posts.network = parents.network AND posts.parent_post_id = parents.post_id
)

SELECT * FROM resolved
ANTI JOIN suppressed AS author ON resolved.network = author.network AND author_account_id = author.account_id
ANTI JOIN suppressed AS engager ON resolved.network = engager.network AND engager_account_id = engager.account_id
WHERE author_account_id IS NOT NULL AND author_account_id IS DISTINCT FROM engager_account_id;

CREATE TEMP TABLE post_topics AS
SELECT network, post_id, topic_id
FROM core__post_topics SEMI JOIN posts USING (network, post_id);

CREATE TEMP TABLE today AS
WITH topical AS (
    SELECT network, topic_id, engager_account_id, author_account_id, kind, interaction_count
    FROM reactions INNER JOIN post_topics USING (network, post_id)
    UNION ALL
    SELECT network, '_overall', engager_account_id, author_account_id, kind, interaction_count
    FROM reactions
)

SELECT network, topic_id, engager_account_id, author_account_id, kind, sum(interaction_count)::BIGINT AS reaction_count
FROM topical
GROUP BY ALL;

CREATE TABLE pairs_state AS
WITH before AS (
    SELECT
        * EXCLUDE (snapshot_date, decayed_weight),
        live(decayed(decayed_weight, getvariable('snapshot_date') - last_interacted_date)) AS weight
    FROM earlier_state AS state
    ANTI JOIN suppressed AS author ON state.network = author.network AND author_account_id = author.account_id
    ANTI JOIN suppressed AS engager ON state.network = engager.network AND engager_account_id = engager.account_id
),

merged AS (
    SELECT network, topic_id, engager_account_id, author_account_id, kind, weight, first_interacted_date,
        last_interacted_date
    FROM before WHERE weight > 0
    UNION ALL
    SELECT network, topic_id, engager_account_id, author_account_id, kind, reaction_count * unit(),
        getvariable('snapshot_date'), getvariable('snapshot_date')
    FROM today
)

SELECT
    network, topic_id, engager_account_id, author_account_id, kind,
    sum(weight)::BIGINT AS weight,
    min(first_interacted_date) AS first_interacted_date,
    max(last_interacted_date) AS last_interacted_date
FROM merged
GROUP BY ALL;

-- From accounts to people, and each pair of people to the network where it first met.
CREATE TEMP TABLE pairs AS
WITH people AS (
    SELECT
        state.*,
        coalesce(author.person_id, state.network || ':' || state.author_account_id) AS author_person_id,
        coalesce(engager.person_id, state.network || ':' || state.engager_account_id) AS engager_person_id
    FROM pairs_state AS state
    LEFT JOIN core__identity_links AS author
        ON state.network = author.network AND state.author_account_id = author.account_id
    LEFT JOIN core__identity_links AS engager
        ON state.network = engager.network AND state.engager_account_id = engager.account_id
)

SELECT
    topic_id, author_person_id, engager_person_id, kind,
    sum(weight)::BIGINT AS weight,
    min(first_interacted_date::VARCHAR || network) AS first_met,
    max(last_interacted_date) AS last_interacted_date
FROM people
WHERE author_person_id != engager_person_id
GROUP BY ALL;

-- c = m / (m + 1) for each engager, in proportion to the kinds; who gives more than 50 in a topic gives less to each.
CREATE TEMP TABLE credits AS
WITH whole AS (
    SELECT
        topic_id, author_person_id, engager_person_id,
        substring(min(first_met), length('2030-01-01') + 1) AS network,
        sum(weight)::BIGINT AS pair_weight,
        floor(sum(weight)::DOUBLE / (sum(weight)::BIGINT + unit())::DOUBLE * unit())::BIGINT AS pair_credit,
        max(last_interacted_date) AS last_interacted_date
    FROM pairs
    GROUP BY ALL
),

givers AS (
    SELECT topic_id, engager_person_id, sum(pair_credit)::BIGINT AS given
    FROM whole GROUP BY ALL HAVING given > 50 * unit()
)

SELECT
    topic_id, author_person_id, engager_person_id, whole.network, pairs.kind,
    floor(pair_credit::DOUBLE * weight / pair_weight)::BIGINT AS credit,
    pairs.last_interacted_date
FROM pairs INNER JOIN whole USING (topic_id, author_person_id, engager_person_id)
UNION ALL
SELECT
    topic_id, author_person_id, engager_person_id, network, 'actor_budget',
    floor(pair_credit::DOUBLE * ((50 * unit())::DOUBLE / given))::BIGINT - pair_credit,
    last_interacted_date
FROM whole INNER JOIN givers USING (topic_id, engager_person_id);

-- Networks combined by the norm of power 3, each line with its share of the combined credit.
CREATE TEMP TABLE network_lines AS
WITH lines AS (
    SELECT
        author_person_id, topic_id, network, kind,
        sum(credit)::BIGINT AS line,
        count(DISTINCT engager_person_id) AS distinct_engager_count,
        max(last_interacted_date) AS last_kind_date
    FROM credits
    GROUP BY ALL
),

networks AS (
    SELECT
        author_person_id, topic_id, network, sum(line)::BIGINT AS network_line,
        network_line::DOUBLE / unit() * coalesce(any_value(rate), 1.0) AS z
    FROM lines LEFT JOIN exchange_rates USING (network)
    GROUP BY ALL
    HAVING network_line > 0
),

combined AS (
    SELECT author_person_id, topic_id, sum(power(z, 3) ORDER BY z) AS z_power_sum
    FROM networks
    GROUP BY ALL
)

SELECT
    author_person_id, topic_id, network, kind, distinct_engager_count, last_kind_date,
    power(z_power_sum, 1.0 / 3) AS credit,
    99 / ln(1 + coalesce(reference, getvariable('default_reference'))) * ln(1 + credit) AS height,
    height * power(z, 3) / z_power_sum * (line / network_line) AS exact_points
FROM lines
INNER JOIN networks USING (author_person_id, topic_id, network)
INNER JOIN combined USING (author_person_id, topic_id)
LEFT JOIN topic_references USING (topic_id);

-- Four digits a line; the largest remainders are rounded up, so that the lines sum to the rounded score minus 1.
CREATE TABLE v2_lines AS
WITH ceiled AS (
    SELECT author_person_id, topic_id, network, kind, distinct_engager_count, last_kind_date, credit, height,
        exact_points
    FROM network_lines
    UNION ALL
    SELECT author_person_id, topic_id, '_all', 'ceiling', 0, max(last_kind_date), any_value(credit),
        any_value(height), 99 - any_value(height)
    FROM network_lines
    WHERE height > 99
    GROUP BY author_person_id, topic_id
),

whole AS (
    SELECT
        *, floor(exact_points * 10000)::BIGINT AS whole_parts,
        round(exact_points * 10000 - whole_parts, 6) AS remainder,
        round(least(height, 99) * 10000)::BIGINT AS score_parts
    FROM ceiled
),

placed AS (
    SELECT
        *,
        score_parts - sum(whole_parts) OVER (PARTITION BY author_person_id, topic_id) AS left_over,
        row_number() OVER (PARTITION BY author_person_id, topic_id ORDER BY remainder DESC, network, kind) AS place
    FROM whole
)

SELECT
    author_person_id, topic_id, network, kind, distinct_engager_count, last_kind_date, credit, height,
    ((whole_parts + (place <= left_over)::BIGINT) / 10000)::DECIMAL(9, 4) AS points,
    (score_parts / 10000 + 1)::DECIMAL(9, 4) AS influence_score
FROM placed;

CREATE TABLE v2_scores AS
SELECT
    author_person_id, topic_id, any_value(credit) AS credit, any_value(least(height, 99)) + 1 AS exact_score,
    any_value(influence_score) AS influence_score
FROM v2_lines
GROUP BY author_person_id, topic_id;
