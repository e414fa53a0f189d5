"""Exponential ageing in fixed point, so that every engine and every route gives the same integer."""

from pyspark.sql import Column
from pyspark.sql import functions as F

HALF_LIFE_DAYS = 30
"""Days after which a reaction counts half: the start value of the evidence page, section 1 (decision 0002)."""

UNIT = 1 << 32
"""One reaction of today, in fixed point."""

LIVE_WEIGHT = UNIT >> 20
"""A pair below this is dropped: one reaction after twenty half-lives, 600 days. Ten thousand pairs that go on one day
then cost 0.01 of a credit, 0.09 points at most: less than a night of ageing."""

_DAY_FACTORS = [round(2.0 ** (-day / HALF_LIFE_DAYS) * UNIT) / UNIT for day in range(HALF_LIFE_DAYS)]
_MOST_HALVINGS = 62


def decayed(weight: Column, age_days: Column) -> Column:
    """A fixed-point weight after some days: floor(weight * 2^(-age/h)), exact on every engine.

    A product of two doubles and a division by a power of two are rounded alike everywhere; pow() is not.
    Units: weight in 2^-32 of a reaction, below 2^53; age in whole days, 0 or more.
    """
    factor = F.element_at(F.array(*[F.lit(value) for value in _DAY_FACTORS]), age_days % HALF_LIFE_DAYS + 1)
    halvings = F.least(F.floor(age_days / HALF_LIFE_DAYS).cast("int"), F.lit(_MOST_HALVINGS))
    divisor = F.expr("CAST(1 AS BIGINT)")
    return F.floor(weight.cast("double") * factor / _shifted(divisor, halvings).cast("double")).cast("bigint")


def _shifted(value: Column, places: Column) -> Column:
    return F.call_function("shiftleft", value, places)
