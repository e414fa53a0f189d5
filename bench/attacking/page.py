"""The results as the page docs/attacks.md: one template, filled with the rows of a run."""

from pathlib import Path

import jinja2

from bench.attacking.plans import FAMILIES
from jobs.errors import BadInput

TEMPLATE = Path(__file__).parent / "page.md.j2"

BOUNDED = "v3"
"""The version whose targets the page checks."""

SYBILS = ("sybils, script", "sybils, spread", "sybils, ten a day", "slow drip", "bought reactions", "topic lobbing")
RINGS = ("ring, script", "ring, camouflaged", "ring, by hand", "new ring, script", "new ring, by hand")
"""Every variant is held against the target: the issue names none that is excused."""

SYBIL_TARGET, RING_TARGET, LOSS_TARGET = 1.0, 2.0, 0.005
"""Targets of issue 3, section 4: points that 1,000 sybils may gain over 100, points of a ring of 40, share harmed."""


def page_of(rows: list[dict]) -> str:
    """The page in Markdown; rows of one world, as the suite makes them. Errors: BadInput without BOUNDED."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                                     keep_trailing_newline=True, autoescape=False)
    by_place = {(row["attack"], row["accounts"], row["algorithm_version"]): row for row in rows}
    versions = sorted({row["algorithm_version"] for row in rows if "points_gained" in row})
    if BOUNDED not in versions:
        raise BadInput(f"the page checks the targets of {BOUNDED}, and only {', '.join(versions)} ran; add {BOUNDED}")
    return environment.from_string(TEMPLATE.read_text()).render(
        families=FAMILIES, versions=versions, bounded=BOUNDED, rows=by_place, targets=_targets(by_place),
        losses=[row for row in rows if "losing_share" in row], captured=[row for row in rows if "seats" in row],
        number=_number, percent=_percent)


def _targets(rows: dict) -> list[dict]:
    def gained(attack: str, size: int) -> float:
        return rows[attack, size, BOUNDED]["points_gained"]

    measured = [
        *((f"{attack}: 1,000 over 100, points", gained(attack, 1000) - gained(attack, 100), SYBIL_TARGET)
          for attack in SYBILS),
        *((f"{attack}: 40, points of a member", gained(attack, 40), RING_TARGET) for attack in RINGS),
        ("no attack: honest people losing over 2 points against v2, share", rows["none", 0, BOUNDED]["losing_share"],
         LOSS_TARGET),
    ]
    return [{"what": what, "measured": value, "target": target, "held": value <= target}
            for what, value, target in measured]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".removesuffix(".00")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
