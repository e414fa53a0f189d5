-- Whose own circle is asked about: people with an unaccounted move in a version that does not count it.
-- Grain:  one row per person_id.
SELECT DISTINCT person_id
FROM unaccounted
WHERE algorithm_version IN (
    SELECT earlier_lines.algorithm_version FROM earlier_lines
    WHERE earlier_lines.kind = 'own_circle'
);
