"""What would change a score from here: plain consequences of S = 1 + min(99, K ln(1 + X)), no forecast.

K follows from the published score and credit, so that it holds for every version and topic.
"""

import math

from jobs.decay import HALF_LIFE_DAYS

MOST_POINTS = 99.0
POINT_DIGITS = 4

AGEING_NIGHTS = (7, 30)
"""A week and a half-life."""

NOTICED_FALL = 5.0
"""Points that people notice: a fall that the sentence dates (S4)."""


def outlook(score: float, credit: float, ceiling_points: float) -> dict | None:
    """Points by one more full credit and by ageing alone, from a published score; None where nothing earned it.

    Units: points; ceiling_points is 0 or less. Ageing is what it takes at most: a version may fall slower, never
    faster (algorithms-evidence section 4). Nulls: nights_until_fall is null when ageing alone never takes that much.
    """
    if credit <= 0:
        return None
    height = score - 1 - ceiling_points
    slope = height / math.log1p(credit)
    reached = min(MOST_POINTS, height)
    return {
        "credit": credit,
        "points_per_log_credit": _rounded(slope),
        "one_more_full_credit": _rounded(min(MOST_POINTS, slope * math.log(2 + credit)) - reached),
        "ageing_at_most": {str(nights): _rounded(_aged(slope, credit, nights) - reached) for nights in AGEING_NIGHTS},
        "noticed_fall": NOTICED_FALL,
        "nights_until_fall": _nights_until(reached - NOTICED_FALL, slope, credit),
    }


def outlook_sentences(found: dict | None) -> list[str]:
    """The same in words."""
    if found is None:
        return []
    week, month = (found["ageing_at_most"][str(nights)] for nights in AGEING_NIGHTS)
    until, fall = found["nights_until_fall"], found["noticed_fall"]
    lasts = (f"after {until} nights without news it would be {fall:g} points lower, not sooner" if until
             else f"ageing alone never takes {fall:g} points from it")
    return [
        f"What would change it: one more full credit, which is somebody new who keeps reacting, adds "
        f"{found['one_more_full_credit']:+.4f} points now.",
        f"Without any news, ageing takes at most {week:+.4f} points in {AGEING_NIGHTS[0]} nights and {month:+.4f} in "
        f"{AGEING_NIGHTS[1]}; {lasts}. Below the least evidence the score would end instead.",
    ]


def _aged(slope: float, credit: float, nights: int) -> float:
    """Points above 1 that are left after some nights when every part of the credit ages."""
    return min(MOST_POINTS, slope * math.log1p(credit * 2.0 ** (-nights / HALF_LIFE_DAYS)))


def _nights_until(points: float, slope: float, credit: float) -> int | None:
    """The first night on which ageing can have brought the points above 1 down to these; null for 0 and below."""
    if points <= 0:
        return None
    return math.ceil(HALF_LIFE_DAYS * math.log2(credit / math.expm1(points / slope)))


def _rounded(points: float) -> float:
    return round(points, POINT_DIGITS)
