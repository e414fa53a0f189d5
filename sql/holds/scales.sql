-- Points per unit of ln(1 + X) of a whole score, read off the released rows below the ceiling.
-- Grain:  one row per (topic_id, algorithm_version).
-- Rule:   below a tenth of a credit the rounding of the row is too much of the quotient.
SELECT
    topic_id,
    algorithm_version,
    MAX((influence_score - 1) / LN(1 + credit)) AS slope
FROM released
WHERE influence_score < 100 AND credit >= 0.1
GROUP BY topic_id, algorithm_version;
