"""A check over thirty nights as one small line, with its limits, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 120
"""Units of the drawing; one line of a table."""

HEIGHT = 28
MARGIN = 3
"""Keeps the line and its last point inside the drawing."""


@dataclass(frozen=True)
class Sparkline:
    """One line; points are places in the drawing, limits the heights of the limits that lie within it."""

    points: str
    last: tuple[float, float] | None
    limits: tuple[float, ...]
    description: str


def sparkline(values: Sequence[float | None], limits: Sequence[float | None]) -> Sparkline:
    """The line of what was measured, oldest first; a night without a measurement is left out of the line."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if not known:
        return Sparkline("", None, (), "never measured")
    lowest, highest = min(value for _, value in known), max(value for _, value in known)
    step = (WIDTH - 2 * MARGIN) / max(1, len(values) - 1)

    def height(value: float) -> float:
        share = (value - lowest) / (highest - lowest) if highest > lowest else 0.5
        return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)

    places = [(round(MARGIN + place * step, 1), height(value)) for place, value in known]
    drawn = tuple(height(limit) for limit in limits if limit is not None and lowest < limit < highest)
    words = (f"{len(known)} of {len(values)} nights measured, {lowest:.6g} to {highest:.6g}, "
             f"last {known[-1][1]:.6g}")
    return Sparkline(" ".join(f"{x},{y}" for x, y in places), places[-1], drawn, words)
