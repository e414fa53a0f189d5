-- The terms of the scores of the earlier release: k ln(1 + X) each, without the ceiling.
-- Grain:  one row per (person_id, topic_id, algorithm_version, term) with credit, of the asked moves.
-- Units:  slope in points per unit of ln(1 + X). capped_credit: what the ceiling of untrusted credit cuts
--         off, all that trust can give. trusted_credit: what needs trusted engagers, all that trust can take.
-- Params: $engager_credit, $least_ceiling
SELECT
    earlier_lines.person_id,
    earlier_lines.topic_id,
    earlier_lines.algorithm_version,
    earlier_lines.term,
    MAX(earlier_lines.credit) AS credit,
    MAX(earlier_lines.term_height / LN(1 + earlier_lines.credit)) AS slope,
    SUM(CASE WHEN earlier_lines.kind = 'untrusted_cap' THEN -earlier_lines.line_units ELSE 0 END)
    / POW(2, 32) * $engager_credit AS capped_credit,
    MAX(earlier_lines.credit)
    - $least_ceiling * (1 - EXP(-MAX(earlier_lines.credit) / $least_ceiling)) AS trusted_credit
FROM earlier_lines
INNER JOIN asked_moves
    ON
        earlier_lines.person_id = asked_moves.person_id
        AND earlier_lines.topic_id = asked_moves.topic_id
        AND earlier_lines.algorithm_version = asked_moves.algorithm_version
WHERE earlier_lines.credit > 0 AND earlier_lines.kind <> 'ceiling'
GROUP BY
    earlier_lines.person_id,
    earlier_lines.topic_id,
    earlier_lines.algorithm_version,
    earlier_lines.term;
