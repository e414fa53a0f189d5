-- Accounts whose standing differs from the earlier release: listed, linked, grouped, trusted otherwise; with
-- every account of the same person, because credit is given by people.
-- Grain:  one row per (network, account_id).
WITH marked AS (
    SELECT
        network,
        account_id,
        FALSE AS is_relinked,
        FALSE AS is_retrusted
    FROM listed
    UNION ALL
    SELECT
        network,
        account_id,
        FALSE AS is_relinked,
        FALSE AS is_retrusted
    FROM regrouped
    UNION ALL
    SELECT
        network,
        account_id,
        TRUE AS is_relinked,
        FALSE AS is_retrusted
    FROM relinked
    UNION ALL
    SELECT
        network,
        account_id,
        FALSE AS is_relinked,
        TRUE AS is_retrusted
    FROM retrusted
),

known_links AS (
    SELECT
        network,
        account_id,
        person_id
    FROM links
    UNION
    SELECT
        network,
        account_id,
        person_id
    FROM earlier_links
),

spread AS (
    SELECT
        siblings.network,
        siblings.account_id,
        marked.is_relinked,
        marked.is_retrusted
    FROM marked
    INNER JOIN known_links
        ON
            marked.network = known_links.network
            AND marked.account_id = known_links.account_id
    INNER JOIN known_links AS siblings ON known_links.person_id = siblings.person_id
    UNION ALL
    SELECT
        network,
        account_id,
        is_relinked,
        is_retrusted
    FROM marked
)

SELECT
    network,
    account_id,
    BOOL_OR(is_relinked) AS is_relinked,
    BOOL_OR(is_retrusted) AS is_retrusted
FROM spread
GROUP BY network, account_id;
