-- How many people came into the circle or group of a person since the earlier release, and how many left it.
-- Grain:  one row per person_id of those asked about with such a change.
SELECT
    COALESCE(own_circles.person_id, earlier_own_circles.person_id) AS person_id,
    COUNT(*) FILTER (WHERE earlier_own_circles.person_id IS NULL) AS joined_count,
    COUNT(*) FILTER (WHERE own_circles.person_id IS NULL) AS left_count
FROM own_circles
FULL JOIN earlier_own_circles
    ON
        own_circles.person_id = earlier_own_circles.person_id
        AND own_circles.partner_id = earlier_own_circles.partner_id
GROUP BY COALESCE(own_circles.person_id, earlier_own_circles.person_id)
HAVING joined_count + left_count > 0;
