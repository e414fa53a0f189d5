"""Charts as plain geometry: what a template draws, and the same numbers in words for those who do not see it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 640
"""Units of the drawing; it scales with the page."""

LABEL_WIDTH = 190
NUMBER_WIDTH = 80
ROW_HEIGHT = 24

Point = tuple[str, float, float, float]
"""Label, value, and the ends of its interval; both ends equal the value where there is none."""


@dataclass(frozen=True)
class Row:
    """One drawn line: places in units of the drawing, rounded, so that equal numbers give equal pages."""

    label: str
    number: str
    top: float
    bar_left: float
    bar_width: float
    is_negative: bool
    interval_from: float
    interval_to: float
    has_interval: bool


@dataclass(frozen=True)
class Chart:
    """One chart; description says in words what the drawing says, source is the file with all numbers."""

    chart_id: str
    title: str
    description: str
    source: str
    rows: tuple[Row, ...]
    zero: float
    height: float


def bars(chart_id: str, title: str, source: str, numbers: Sequence[tuple[str, float]], unit: str) -> Chart:
    """Bars from zero, one for each label."""
    return intervals(chart_id, title, source, [(label, value, value, value) for label, value in numbers], unit)


def intervals(chart_id: str, title: str, source: str, points: Sequence[Point], unit: str) -> Chart:
    """Bars from zero with their intervals."""
    lowest = min([0.0, *(low for _, _, low, _ in points)])
    highest = max([0.0, *(high for _, _, _, high in points)])
    scale = (WIDTH - LABEL_WIDTH - NUMBER_WIDTH) / ((highest - lowest) or 1.0)

    def place(value: float) -> float:
        return round(LABEL_WIDTH + (value - lowest) * scale, 2)

    rows = tuple(
        Row(
            label=label, number=_said(value, unit), top=place_in_list * ROW_HEIGHT,
            bar_left=min(place(0), place(value)), bar_width=round(abs(place(value) - place(0)), 2),
            is_negative=value < 0, interval_from=place(low), interval_to=place(high), has_interval=low < high,
        )
        for place_in_list, (label, value, low, high) in enumerate(points)
    )
    return Chart(chart_id, title, _in_words(title, points, unit), source, rows, place(0), len(points) * ROW_HEIGHT)


def _in_words(title: str, points: Sequence[Point], unit: str) -> str:
    said = [f"{label} {_said(value, unit)}" + (f" ({low:g} to {high:g})" if low < high else "")
            for label, value, low, high in points]
    return f"{title}: {'; '.join(said) or 'nothing to show'}."


def _said(value: float, unit: str) -> str:
    return f"{value:,.4g}{unit}" if abs(value) < 10_000 else f"{value:,.0f}{unit}"
