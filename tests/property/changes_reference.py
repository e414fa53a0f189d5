"""The statement of causes once more, in plain Python and read from the formulas: what jobs/audit/change.py must say.

With L the logarithmic mean, a part of X that moved by d moved the score by K d / L(1 + X0, 1 + X1): algorithms-evidence
section 3; the parts of a network by section 5, the ceiling of v3 by section 6.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tests.property.reference import ACTOR_BUDGET, NORM_EXPONENT, UNIT, Pair, Reaction, home_of, pairs_of

FREE_UNTRUSTED = 20
"""c0 of v3; without seeds nobody is trusted, and it is the whole ceiling."""

Line = tuple[str, str]
"""Network and kind."""

Credit = tuple[str, str | None, Line, int]
"""Author, engager (None where a line belongs to nobody), line, and credit in UNIT."""


@dataclass(frozen=True)
class Case:
    """A person's past and what became of it: reactions before, all of them now, links and lists of both nights."""

    before: list[Reaction]
    now: list[Reaction]
    links_before: dict[tuple[str, str], str]
    links_now: dict[tuple[str, str], str]
    listed: set[tuple[str, str]]
    compared: date
    tonight: date


@dataclass(frozen=True)
class Night:
    """The lines of one person and topic: units of each, its part of X, and X."""

    units: dict[Line, int]
    parts: dict[Line, float]
    credit: float


Told = dict[tuple[str, str, str], float]
"""(cause, network, kind) to points, before rounding."""


def causes_of(version: str, case: Case, rates: dict[str, float], reference: float) -> dict[str, Told]:
    """Points by author and cause, for authors with credit in both nights."""
    kept = [one for one in case.before if (one.network, one.engager) not in case.listed]
    before = _by_author(version, case.before, case.links_before, case.compared)
    aged = _by_author(version, case.before, case.links_before, case.tonight)
    listed = _by_author(version, kept, case.links_before, case.tonight)
    relinked = _by_author(version, kept, case.links_now, case.tonight)
    now = _by_author(version, case.now, case.links_now, case.tonight)
    nights = {author: (night_of(before[author], rates), night_of(now[author], rates)) for author in before}
    return {
        author: _causes(first, last, [aged[author], listed[author], relinked[author]], reference)
        for author, (first, last) in nights.items() if first.credit and last.credit
    }


def credits(version: str, pairs: dict[tuple, Pair]) -> list[Credit]:
    """Credit lines with the engager that each belongs to."""
    whole = defaultdict(dict)
    for (author, engager, network, kind), pair in pairs.items():
        whole[(author, engager)][(network, kind)] = pair
    if version == "v1":
        return [_newest_touch(*people, own) for people, own in whole.items()]
    return _attention(whole) + (_caps(whole) if version == "v3" else [])


def night_of(units: dict[Line, int], rates: dict[str, float]) -> Night:
    """X of one night and the part of it that each line holds; a network whose lines sum to nothing has none."""
    whole = defaultdict(int)
    for (network, _), credit in units.items():
        whole[network] += credit
    z = {network: credit / UNIT * rates.get(network, 1.0) for network, credit in whole.items() if credit > 0}
    cubes = math.fsum(value**NORM_EXPONENT for value in z.values())
    credit = cubes ** (1 / NORM_EXPONENT)
    own = {line: count for line, count in units.items() if line[0] in z}
    parts = {line: credit * z[line[0]] ** NORM_EXPONENT / cubes * count / whole[line[0]] for line, count in own.items()}
    return Night(own, parts, credit)


def logarithmic_mean(low: float, high: float) -> float:
    """L(a, b) = (b - a) / ln(b / a), and a where both are the same."""
    if math.isclose(low, high, rel_tol=1e-9):
        return (low + high) / 2
    return (high - low) / math.log(high / low)


def _by_author(version: str, reactions: list[Reaction], links: dict, on: date) -> dict[str, dict[Line, int]]:
    found = defaultdict(lambda: defaultdict(int))
    for author, _, line, credit in credits(version, pairs_of(reactions, links, on)):
        found[author][line] += credit
    return found


def _causes(before: Night, now: Night, steps: list[dict[Line, int]], reference: float) -> Told:
    """Each line's move in the order: aged, listed, relinked, new, and what the other networks did to it."""
    slope = 99 / math.log1p(reference)
    points = slope / logarithmic_mean(1 + before.credit, 1 + now.credit)
    told: Told = defaultdict(float)
    for line in {*before.units, *now.units, *(line for step in steps for line in step)}:
        worth = _worth(line, before, now)
        units = [side.get(line, 0) for side in (before.units, *steps, now.units)]
        for name, (first, last) in zip(_names(line[1]), pairwise(units), strict=True):
            told[(name, *line)] += worth * (last - first) * points
        moved = now.parts.get(line, 0.0) - before.parts.get(line, 0.0)
        told[("networks_combined", *line)] += (moved - worth * (units[-1] - units[0])) * points
    cut = [min(0.0, 99 - slope * math.log1p(night.credit)) for night in (before, now)]
    told[("ceiling", "_all", "ceiling")] = cut[1] - cut[0]
    return told


def _names(kind: str) -> list[str]:
    """The causes of a line's steps; what is new on a discount is the cause of the discount."""
    return ["ageing", "opted_out", "relinked",
            {"actor_budget": "actor_budget", "untrusted_cap": "trust"}.get(kind, "new_reactions")]


def _worth(line: Line, before: Night, now: Night) -> float:
    """Credit per unit of the line, the mean of the nights that have it."""
    own = [night.parts[line] / night.units[line] for night in (before, now) if night.units.get(line)]
    return math.fsum(own) / len(own) if own else 0.0


def _newest_touch(author: str, engager: str, own: dict[Line, Pair]) -> Credit:
    (_, kind), newest = min(own.items(), key=lambda item: (-item[1].touch, item[0][1], item[0][0]))
    return author, engager, (home_of(own), kind), newest.touch


def _attention(whole: dict) -> list[Credit]:
    full = {people: _saturated(own) for people, own in whole.items()}
    kept = _budgeted(full)
    lines = [line for people, own in whole.items() for line in _by_kind(people, own, full[people])]
    lines += [(*people, (home_of(whole[people]), "actor_budget"), kept[people] - full[people])
              for people in whole if kept[people] < full[people]]
    return lines


def _by_kind(people: tuple[str, str], own: dict[Line, Pair], credit: int) -> list[Credit]:
    """A pair's credit in proportion to its reactions of each kind."""
    weights = defaultdict(int)
    for (_, kind), pair in own.items():
        weights[kind] += pair.weight
    total = sum(weights.values())
    return [(*people, (home_of(own), kind), math.floor(float(credit) * weight / total)) for kind, weight in weights.items()]


def _saturated(own: dict[Line, Pair]) -> int:
    weight = sum(pair.weight for pair in own.values())
    return math.floor(weight / (weight + UNIT) * UNIT)


def _budgeted(full: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    given = defaultdict(int)
    for (_, engager), credit in full.items():
        given[engager] += credit
    budget = ACTOR_BUDGET * UNIT
    return {people: math.floor(credit * (budget / given[people[1]])) if given[people[1]] > budget else credit
            for people, credit in full.items()}


def _caps(whole: dict) -> list[Credit]:
    """What the ceiling of credit without trusted engagers cuts off, per author and network."""
    untrusted: dict[tuple[str, str], int] = defaultdict(int)
    for people, credit in _budgeted({people: _saturated(own) for people, own in whole.items()}).items():
        untrusted[(people[0], home_of(whole[people]))] += credit
    ceiling = float(FREE_UNTRUSTED * UNIT)
    return [(author, None, (network, "untrusted_cap"), math.floor(ceiling * (1 - math.exp(-credit / ceiling))) - credit)
            for (author, network), credit in untrusted.items()]
