"""The page of a change statement: a waterfall from the first score to the last, its table, and the sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from jobs.report.page import render

TEMPLATE = "why.html.j2"

WIDTH = 640
"""Units of the drawing; it scales with the page."""

LABEL_WIDTH = 290
NUMBER_WIDTH = 80
ROW_HEIGHT = 26

THINNEST = 1.0
"""Units: a cause that moved little is still seen."""


@dataclass(frozen=True)
class Step:
    """One bar: where it starts and ends on the scale, in units of the drawing, rounded so that pages are equal."""

    label: str
    number: str
    top: int
    left: float
    width: float
    style: str
    ends_at: float


@dataclass(frozen=True)
class Waterfall:
    """The drawing, and the same in words."""

    title: str
    description: str
    steps: Sequence[Step]
    height: int


def page(told: Mapping) -> str:
    """What jobs/answers/why.py states, as HTML that loads and runs nothing; without causes it has no chart."""
    versions = told["versions"]
    title = (f"Why {told['person_id']} moved on {told['topic_name']}: {told['from']} {versions['from']} to "
             f"{told['to']} {versions['to']}")
    return render(TEMPLATE, title=title, told=told, waterfall=waterfall(told) if told["causes"] else None)


def waterfall(told: Mapping) -> Waterfall:
    """From the first score, cause by cause, to the last."""
    numbers = [float(told["score_from"]), *(float(cause["points"]) for cause in told["causes"])]
    reached = [round(value, 6) for value in accumulate(numbers)]
    lowest, highest = min(reached), max(reached)
    scale = (WIDTH - LABEL_WIDTH - NUMBER_WIDTH) / ((highest - lowest) or 1.0)

    def place(value: float) -> float:
        return round(LABEL_WIDTH + (value - lowest) * scale, 2)

    labels = [_end(told, "from"), *(cause["words"] for cause in told["causes"]), _end(told, "to")]
    shown = [f"{told['score_from']:f}", *(f"{cause['points']:+f}" for cause in told["causes"]), f"{told['score_to']:f}"]
    ends = [*map(place, reached), place(reached[-1])]
    starts = [place(lowest), *ends[:-2], place(lowest)]
    styles = ["whole", *("down" if cause["points"] < 0 else "up" for cause in told["causes"]), "whole"]
    rows = zip(labels, shown, starts, ends, styles, strict=True)
    steps = [_step(*row, row_number) for row_number, row in enumerate(rows)]
    words = "; ".join(f"{label} {number}" for label, number in zip(labels, shown, strict=True))
    return Waterfall("How the causes lead from one score to the other", f"In points: {words}.", steps,
                     len(steps) * ROW_HEIGHT)


def _end(told: Mapping, end: str) -> str:
    """The words of a whole bar; two versions may stand on one night, and are then named."""
    versions = told["versions"]
    under = f" under {versions[end]}" if versions["from"] != versions["to"] else ""
    return f"score on {told[end]}{under}"


def _step(label: str, number: str, start: float, end: float, style: str, row_number: int) -> Step:
    return Step(label, number, row_number * ROW_HEIGHT, min(start, end), max(THINNEST, round(abs(end - start), 2)),
                style, end)
