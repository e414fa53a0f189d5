"""What an attack was worth: points, rank, what detection saw of it, and what honest people lost."""

from dataclasses import dataclass

import duckdb

from bench.attacking.plans import Family
from jobs.tables import OVERALL

LOSS_POINTS = 2
"""Points from which a loss counts as harm to an honest person (issue 3, section 4)."""
OLD_VERSION = "v2"
"""The version that others are held against, and in which a target stands near the median."""

_GAINS = """
WITH rows AS (FROM attack_row WHERE family = $family),
     known AS (SELECT DISTINCT author_account_id AS account FROM rows
               SEMI JOIN chosen c ON c.family = $family AND c.account = author_account_id),
     gainers AS (SELECT $network || ':' || account AS person_id FROM known
                 UNION ALL SELECT DISTINCT $network || ':' || author_account_id FROM rows
                 WHERE NOT EXISTS (FROM known)),
     attackers AS (SELECT DISTINCT $network || ':' || engager_account_id AS person_id FROM attack_row),
     versions AS (SELECT DISTINCT algorithm_version FROM honest_score),
     before AS (SELECT *, rank() OVER by_score AS place FROM honest_score WHERE topic_id = $topic
                WINDOW by_score AS (PARTITION BY algorithm_version ORDER BY influence_score DESC)),
     others AS (SELECT algorithm_version, influence_score FROM fought_score ANTI JOIN attackers USING (person_id)
                WHERE topic_id = $topic AND person_id NOT IN (SELECT person_id FROM gainers)),
     after AS (SELECT f.algorithm_version, person_id, f.influence_score, 1 + (
                   SELECT count(*) FROM others o WHERE o.algorithm_version = f.algorithm_version
                   AND o.influence_score > f.influence_score) AS place
               FROM fought_score f SEMI JOIN gainers USING (person_id) WHERE topic_id = $topic)
SELECT v.algorithm_version, count(*) AS gainers,
       median(coalesce(a.influence_score, 1) - coalesce(b.influence_score, 1)) AS points_gained,
       max(coalesce(a.influence_score, 1) - coalesce(b.influence_score, 1)) AS most_gained,
       median(coalesce(b.influence_score, 1)) AS score_before, median(coalesce(a.influence_score, 1)) AS score_after,
       median(b.place) AS rank_before, median(a.place) AS rank_after
FROM gainers CROSS JOIN versions v LEFT JOIN before b USING (algorithm_version, person_id)
     LEFT JOIN after a USING (algorithm_version, person_id)
GROUP BY v.algorithm_version ORDER BY v.algorithm_version
"""

_DETECTION = """
WITH attackers AS (SELECT DISTINCT engager_account_id AS account FROM attack_row WHERE family = $family),
     all_attackers AS (SELECT DISTINCT engager_account_id AS account FROM attack_row),
     found AS (FROM grouped SEMI JOIN attackers ON attackers.account = grouped.account_id),
     flagged AS (FROM grouped SEMI JOIN found USING (group_id))
SELECT (SELECT count(*) FROM found) / nullif((SELECT count(*) FROM attackers), 0) AS recall,
       CASE WHEN count(*) > 0 THEN count(*) FILTER (account_id IN (FROM all_attackers)) / count(*) END AS precision
FROM flagged
"""

_LOSSES = """
WITH involved AS (SELECT DISTINCT $network || ':' || engager_account_id AS person_id FROM attack_row),
     changes AS (SELECT b.algorithm_version, coalesce(a.influence_score, 1) - b.influence_score AS points
                 FROM honest_score b LEFT JOIN fought_score a USING (algorithm_version, person_id, topic_id)
                 ANTI JOIN involved USING (person_id) WHERE topic_id = $topic)
SELECT algorithm_version, count(*) AS people, count(*) FILTER (points < -$loss) / count(*) AS losing_share,
       greatest(-min(points), 0) AS most_lost
FROM changes GROUP BY algorithm_version ORDER BY algorithm_version
"""

_AGAINST = """
WITH changes AS (SELECT n.algorithm_version, coalesce(n.influence_score, 1) - o.influence_score AS points
                 FROM honest_score o JOIN honest_score n USING (person_id, topic_id)
                 WHERE o.algorithm_version = $old AND topic_id = $topic AND person_id NOT IN (FROM planted))
SELECT algorithm_version, count(*) AS people, count(*) FILTER (points < -$loss) / count(*) AS losing_share,
       greatest(-min(points), 0) AS most_lost
FROM changes GROUP BY algorithm_version ORDER BY algorithm_version
"""


@dataclass(frozen=True)
class Arena:
    """A connection with honest_score, fought_score, grouped, planted, attack_row, chosen, and the network attacked."""

    connection: duckdb.DuckDBPyConnection
    network: str
    lobbied_topic: str

    def rows(self, sql: str, **words) -> list[dict]:
        """The rows of a query as dictionaries."""
        result = self.connection.execute(sql, words)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def gains(arena: Arena, family: Family, size: int) -> list[dict]:
    """One row a version: median and largest gain of those who were to gain, their ranks, and detection.

    precision is null when no group holds an attacker of the family; ranks are among everybody who did not attack.
    """
    topic = arena.lobbied_topic if family.in_topic else OVERALL
    found = arena.rows(_DETECTION, family=family.name)[0]
    measured = arena.rows(_GAINS, family=family.name, network=arena.network, topic=topic)
    return [{"attack": family.name, "accounts": size, **row, **found} for row in measured]


def losses(arena: Arena) -> list[dict]:
    """One row a version: the share of people outside the attacks who lost more than LOSS_POINTS by them."""
    return arena.rows(_LOSSES, network=arena.network, topic=OVERALL, loss=LOSS_POINTS)


def losses_against(arena: Arena, old: str) -> list[dict]:
    """One row a version: the share of honest people who lose more than LOSS_POINTS against an older version."""
    return arena.rows(_AGAINST, old=old, topic=OVERALL, loss=LOSS_POINTS)
