"""The results as the page docs/attacks.md: one template, filled with the rows of a run."""

from pathlib import Path

import jinja2

from bench.attacking.plans import FAMILIES
from jobs.errors import BadInput

TEMPLATES = Path(__file__).parent

BOUNDED = ("v3", "v5")
"""The trust-bounded versions, which the targets are for; ranks are those of the last."""

SYBILS = ("sybils, script", "sybils, spread", "sybils, ten a day", "slow drip", "bought reactions", "topic lobbing")
RINGS = ("ring, script", "ring, camouflaged", "ring, by hand", "ring, one way", "new ring, script", "new ring, by hand",
         "new ring, one way")
"""Every variant is held against the target: the issue names none that is excused."""
DOORS = ("bought seed opens doors", "bought people open doors", "two bought seeds open doors")

SYBIL_TARGET, RING_TARGET, LOSS_TARGET = 1.0, 2.0, 0.005
"""Targets of issue 3, section 4: points that 1,000 sybils may gain over 100, points of a ring of 40, share harmed."""


def page_of(rows: list[dict]) -> str:
    """The page in Markdown; rows of one world, as the suite makes them. Errors: BadInput without one of BOUNDED."""
    by_place = _by_place(rows)
    versions = sorted({row["algorithm_version"] for row in rows if "points_gained" in row})
    if missing := sorted(set(BOUNDED) - set(versions)):
        raise BadInput(f"the page checks {', '.join(BOUNDED)}, and only {', '.join(versions)} ran; add {missing[0]}")
    return _template("page.md.j2").render(
        families=FAMILIES, versions=versions, bounded=BOUNDED, newest=BOUNDED[-1], rows=by_place,
        targets=_targets(by_place), number=_number, percent=_percent,
        losses=[row for row in rows if "losing_share" in row],
        captured=[row for row in rows if "seats" in row])


def real_page_of(rows: list[dict], worlds: list[str]) -> str:
    """The page of the real sets: targets of each set side by side, numbers only."""
    targets = {world: _targets(_by_place([row for row in rows if row["world"] == world])) for world in worlds}
    losses = [row for row in rows if row["attack"] == "none"]
    return _template("real_page.md.j2").render(
        worlds=worlds, bounded=BOUNDED, losses=losses, number=_number,
        lines=[{"what": own[0]["what"], "target": own[0]["target"], "worlds": [one["measured"] for one in own]}
               for own in zip(*targets.values(), strict=True)])


def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, autoescape=False)
    return environment.get_template(name)


def _by_place(rows: list[dict]) -> dict:
    return {(row["attack"], row["accounts"], row["algorithm_version"]): row for row in rows}


def _targets(rows: dict) -> list[dict]:
    def gained(attack: str, size: int, version: str) -> float:
        return rows[attack, size, version]["points_gained"]

    def grown(attack: str, version: str) -> float:
        return gained(attack, 1000, version) - gained(attack, 100, version)

    measured = [
        *((f"{attack}: 1,000 over 100, points", SYBIL_TARGET, [grown(attack, version) for version in BOUNDED])
          for attack in SYBILS + DOORS),
        *((f"{attack}: 40, points of a member", RING_TARGET, [gained(attack, 40, version) for version in BOUNDED])
          for attack in RINGS),
        ("no attack: honest people losing over 2 points against v2, share", LOSS_TARGET,
         [rows["none", 0, version]["losing_share"] for version in BOUNDED]),
    ]
    return [{"what": what, "target": target,
             "measured": [{"value": value, "held": value <= target} for value in values]}
            for what, target, values in measured]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".removesuffix(".00")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
