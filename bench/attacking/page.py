"""The results as the page docs/attacks.md: one template, filled with the rows of a run."""

from pathlib import Path

import jinja2

from bench.attacking.plans import CAPTURE, FAMILIES

TEMPLATE = Path(__file__).parent / "page.md.j2"

BOUNDED = "v3"
"""The version whose targets the page checks."""

SYBILS, RING = "sybils, spread", "ring, script"
SYBIL_TARGET, RING_TARGET, LOSS_TARGET = 1.0, 2.0, 0.005
"""Targets of issue 3, section 4: points that 1,000 sybils may gain over 100, points of a ring of 40, share harmed."""


def page_of(rows: list[dict]) -> str:
    """The page in Markdown; rows of one world, as bench.attacking.suite makes them."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                                     keep_trailing_newline=True, autoescape=False)
    by_place = {(row["attack"], row["accounts"], row["algorithm_version"]): row for row in rows}
    versions = sorted({row["algorithm_version"] for row in rows if "points_gained" in row})
    return environment.from_string(TEMPLATE.read_text()).render(
        families=(*FAMILIES, CAPTURE), versions=versions, bounded=BOUNDED, rows=by_place, targets=_targets(by_place),
        losses=[row for row in rows if "losing_share" in row], captured=[row for row in rows if "seats" in row],
        number=_number, percent=_percent)


def _targets(rows: dict) -> list[dict]:
    hundred, thousand = (rows[SYBILS, size, BOUNDED]["points_gained"] for size in (100, 1000))
    measured = (
        ("1,000 spread sybils over 100, points", thousand - hundred, SYBIL_TARGET),
        ("a ring of 40 by a script, points of a member", rows[RING, 40, BOUNDED]["points_gained"], RING_TARGET),
        ("honest people losing over 2 points against v2, share", rows["none", 0, BOUNDED]["losing_share"], LOSS_TARGET),
    )
    return [{"what": what, "measured": value, "target": target, "held": value <= target}
            for what, value, target in measured]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".removesuffix(".00")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
