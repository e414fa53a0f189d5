"""How far scores move in one night, and how far those move about whom nothing new is known."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from bench.interactions import FOLLOW_KIND
from jobs.decay import HALF_LIFE_DAYS
from jobs.scoring.calibration import load_calibration
from jobs.scoring.scale import MOST_POINTS

ROUNDING = 1e-9
"""Points by which a move may pass the bound through floating point alone."""

_MOVES = """
CREATE OR REPLACE TEMP TABLE moves AS
WITH before AS (SELECT * FROM {scores} WHERE as_of_date = $as_of),
     after AS (SELECT * FROM {scores} WHERE as_of_date = $next_day),
     fresh AS (SELECT DISTINCT author AS person_id FROM reactions
               WHERE interacted_date = $next_day AND kind <> $follow),
     active AS (SELECT DISTINCT engager FROM reactions WHERE interacted_date = $next_day AND kind <> $follow),
     others AS (SELECT DISTINCT author AS person_id FROM reactions SEMI JOIN active USING (engager)
                WHERE interacted_date <= $as_of)
SELECT algorithm_version, coalesce(a.influence_score, 1) - coalesce(b.influence_score, 1) AS points,
       f.person_id IS NULL AS is_unchanged, o.person_id IS NOT NULL AS has_active_engager
FROM before b FULL JOIN after a USING (algorithm_version, person_id) LEFT JOIN fresh f USING (person_id)
LEFT JOIN others o USING (person_id)
"""

_NIGHT = """
SELECT algorithm_version, count(*), quantile_disc(abs(points), 0.5), quantile_disc(abs(points), 0.99), max(abs(points)),
       count(*) FILTER (is_unchanged), avg(points) FILTER (is_unchanged),
       min(points) FILTER (is_unchanged), max(points) FILTER (is_unchanged)
FROM moves GROUP BY algorithm_version ORDER BY algorithm_version
"""

_BEYOND = """
SELECT count(*), count(*) FILTER (NOT has_active_engager) FROM moves
WHERE algorithm_version = $name AND is_unchanged AND (points > $slack OR points < -$most_fall - $slack)
"""

_RELATIVE_SCALES = """
CREATE OR REPLACE TEMP VIEW relative_scores AS
WITH days AS (SELECT DISTINCT as_of_date FROM scores),
     counts AS (SELECT as_of_date, author AS person_id, count(DISTINCT engager) AS people
                FROM days JOIN reactions ON interacted_date <= as_of_date
                WHERE kind <> '{follow}' GROUP BY ALL)
SELECT as_of_date, 'by maximum' AS algorithm_version, person_id,
       1 + 99 * ln(1 + people) / ln(1 + max(people) OVER (PARTITION BY as_of_date)) AS influence_score FROM counts
UNION ALL
SELECT as_of_date, 'percentile', person_id,
       1 + 99 * cume_dist() OVER (PARTITION BY as_of_date ORDER BY people) FROM counts
"""


@dataclass(frozen=True)
class NightMoves:
    """Moves of one night in points; grain: day x score.

    as_of: the day before. unchanged: people to whom nobody reacted in the night. most_fall: K ln2 / h, the most that
    ageing alone takes; null for scales without such a bound. beyond_ageing: unchanged people who rose, or who fell
    more. unexplained: those of them none of whose engagers reacted to anybody that night: no budget can have moved.
    """

    as_of: date
    score_name: str
    people: int
    median_move: float
    p99_move: float
    max_move: float
    unchanged: int
    mean_of_unchanged: float | None
    lowest: float | None
    highest: float | None
    most_fall: float | None
    beyond_ageing: int | None
    unexplained: int | None


def night_moves(connection, as_of: date) -> list[NightMoves]:
    """The moves from a day to the next one, for every version, and for two scales that look at tonight's population.

    connection: as of bench.spread.foretelling, with scores of both days.
    """
    connection.execute(_RELATIVE_SCALES.format(follow=FOLLOW_KIND))
    bounded = _moved(connection, as_of, "scores", ageing_bound)
    return [*bounded, *_moved(connection, as_of, "relative_scores", _unbounded)]


def ageing_bound(version: str) -> float:
    """K ln2 / h of a version: the most points that one night of ageing takes (evidence page, section 4)."""
    return MOST_POINTS / math.log1p(load_calibration(version).reference) * math.log(2) / HALF_LIFE_DAYS


def _unbounded(name: str) -> None:
    return None


def _moved(connection, as_of: date, scores: str, bound_of) -> list[NightMoves]:
    connection.execute(_MOVES.format(scores=scores),
                       {"as_of": as_of, "next_day": as_of + timedelta(days=1), "follow": FOLLOW_KIND})
    nights = []
    for name, *measures in connection.execute(_NIGHT).fetchall():
        most_fall = bound_of(name)
        nights.append(NightMoves(as_of, name, *measures, most_fall, *_beyond(connection, name, most_fall)))
    return nights


def _beyond(connection, name: str, most_fall: float | None) -> tuple[int | None, int | None]:
    if most_fall is None:
        return None, None
    parameters = {"name": name, "slack": ROUNDING, "most_fall": most_fall}
    return connection.execute(_BEYOND, parameters).fetchone()
