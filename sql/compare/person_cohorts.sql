-- Which cohorts a person belongs to on the night of the release. No network states a language.
-- Grain:  one row per (dimension, cohort, person_id); a person with lines on two networks is in both.
-- Params: $snapshot_date
WITH people AS (
    SELECT
        person_id,
        baseline_influence_score,
        distinct_engager_count
    FROM paired_scores
    WHERE topic_id = '_overall'
),

ages AS (
    SELECT
        COALESCE(declared.person_id, seen.network || ':' || seen.account_id) AS person_id,
        DATE_DIFF('day', MIN(seen.account_created_at), CAST($snapshot_date AS TIMESTAMPTZ)) AS age_days
    FROM released_accounts AS seen
    LEFT JOIN released_identity_links AS declared
        ON
            seen.network = declared.network
            AND seen.account_id = declared.account_id
    GROUP BY ALL
)

SELECT DISTINCT
    'network' AS dimension,
    network AS cohort,
    person_id
FROM released_contributions
WHERE topic_id = '_overall' AND network <> '_all'
UNION ALL
SELECT
    'account_age' AS dimension,
    CASE
        WHEN ages.age_days IS NULL THEN 'not delivered'
        WHEN ages.age_days < 30 THEN 'a: under 30 days'
        WHEN ages.age_days < 365 THEN 'b: 30 to 364 days'
        WHEN ages.age_days < 3 * 365 THEN 'c: 1 to 3 years'
        ELSE 'd: over 3 years'
    END AS cohort,
    people.person_id
FROM people
LEFT JOIN ages ON people.person_id = ages.person_id
UNION ALL
SELECT
    'engager_decile' AS dimension,
    FORMAT(
        'decile {:02d}',
        CEIL(10 * COUNT(*) OVER (ORDER BY distinct_engager_count) / COUNT(*) OVER ())::INTEGER
    ) AS cohort,
    person_id
FROM people
UNION ALL
SELECT
    'score_decile' AS dimension,
    FORMAT(
        'decile {:02d}',
        CEIL(10 * COUNT(*) OVER (ORDER BY baseline_influence_score) / COUNT(*) OVER ())::INTEGER
    ) AS cohort,
    person_id
FROM people
WHERE baseline_influence_score IS NOT NULL;
