"""v1 and v2 once more, in plain Python and read from the cards: what the Spark code must agree with.

And the scale of all versions. v3 and v5 are in trust_reference.py, v4 in learned_reference.py.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

UNIT = 2**32
HALF_LIFE_DAYS = 30
ACTOR_BUDGET = 50
NORM_EXPONENT = 3
PARTS_PER_POINT = 10_000


@dataclass(frozen=True)
class Reaction:
    """One printed reaction between two accounts of a network; engager None when the network gives only a total."""

    day: date
    network: str
    engager: str | None
    author: str
    kind: str
    count: int


@dataclass
class Pair:
    """What one person's reactions of a kind on a network come to."""

    weight: int
    touch: int
    first: date


@dataclass(frozen=True)
class Score:
    """A published score, its lines, and both before rounding."""

    score: float
    height: float
    points: dict[tuple[str, str], float]
    exact_points: dict[tuple[str, str], float]


def aged(weight: int, days: int) -> int:
    """floor(weight * 2^(-days/30)) with a day's factor rounded to 32 binary digits."""
    factor = round(2.0 ** (-(days % HALF_LIFE_DAYS) / HALF_LIFE_DAYS) * UNIT) / UNIT
    return math.floor(weight * factor / 2 ** (days // HALF_LIFE_DAYS))


def pairs_of(reactions: list[Reaction], links: dict[tuple[str, str], str], tonight: date) -> dict[tuple, Pair]:
    """(author, engager, network, kind) to what stands between them, people instead of accounts."""
    by_account = defaultdict(list)
    for reaction in reactions:
        if reaction.engager is not None:
            by_account[(reaction.network, reaction.engager, reaction.author, reaction.kind)].append(reaction)
    pairs: dict[tuple, Pair] = {}
    for (network, engager, author, kind), own in by_account.items():
        people = [links.get((network, account), f"{network}:{account}") for account in (author, engager)]
        if people[0] != people[1]:
            _pool(pairs, (*people, network, kind), _folded(own, tonight))
    return pairs


def _folded(reactions: list[Reaction], tonight: date) -> Pair:
    weight, last = 0, min(reaction.day for reaction in reactions)
    for reaction in sorted(reactions, key=lambda reaction: reaction.day):
        weight = aged(weight, (reaction.day - last).days) + reaction.count * UNIT
        last = reaction.day
    age = (tonight - last).days
    return Pair(aged(weight, age), aged(UNIT, age), min(reaction.day for reaction in reactions))


def _pool(pairs: dict[tuple, Pair], key: tuple, pair: Pair) -> None:
    known = pairs.setdefault(key, Pair(0, 0, pair.first))
    known.weight += pair.weight
    known.touch = max(known.touch, pair.touch)
    known.first = min(known.first, pair.first)


def engagements_of(pairs: dict[tuple, Pair]) -> dict[tuple[str, str], dict[tuple[str, str], Pair]]:
    """(author, engager) to what stands between the two, by (network, kind)."""
    whole = defaultdict(dict)
    for (author, engager, network, kind), pair in pairs.items():
        whole[(author, engager)][(network, kind)] = pair
    return whole


def home_of(own: dict[tuple[str, str], Pair]) -> str:
    """The network on which the two first met, the first by name of several."""
    return min((pair.first, network) for (network, _), pair in own.items())[1]


def credits_of(version: str, pairs: dict[tuple, Pair]) -> dict[str, dict[tuple[str, str], float]]:
    """Author to (network, kind) to credit; discounts are negative."""
    whole = engagements_of(pairs)
    return _summed(_v1(whole) if version == "v1" else _v2(whole))


def _v1(whole: dict) -> list[tuple]:
    lines = []
    for (author, _), own in whole.items():
        (_, kind), newest = min(own.items(), key=lambda item: (-item[1].touch, item[0][1], item[0][0]))
        lines.append((author, home_of(own), kind, newest.touch))
    return lines


def _v2(whole: dict) -> list[tuple]:
    lines, given, full = [], defaultdict(int), {}
    for (author, engager), own in whole.items():
        weight = sum(pair.weight for pair in own.values())
        full[(author, engager)] = math.floor(weight / (weight + UNIT) * UNIT)
        given[engager] += full[(author, engager)]
        by_kind = defaultdict(int)
        for (_, kind), pair in own.items():
            by_kind[kind] += pair.weight
        lines += [(author, home_of(own), kind, math.floor(float(full[(author, engager)]) * part / weight))
                  for kind, part in by_kind.items()]
    for (author, engager), credit in full.items():
        if given[engager] > ACTOR_BUDGET * UNIT:
            kept = math.floor(credit * (ACTOR_BUDGET * UNIT / given[engager]))
            lines.append((author, home_of(whole[(author, engager)]), "actor_budget", kept - credit))
    return lines


def _summed(lines: list[tuple]) -> dict:
    credits = defaultdict(lambda: defaultdict(float))
    for author, network, kind, units in lines:
        credits[author][(network, kind)] += units / UNIT
    return credits


def score_of(lines: dict[tuple[str, str], float], rates: dict[str, float], reference: float) -> Score:
    """The score of one person and topic: S = 1 + min(99, 99 * ln(1 + X) / ln(1 + R))."""
    return score_of_terms([(1.0, lines)], rates, reference)


def score_of_terms(
    terms: list[tuple[float, dict[tuple[str, str], float]]], rates: dict[str, float], reference: float
) -> Score:
    """The score of several sums of credit, each with its factor: factor * ln(1 + X) each, added up."""
    exact = {line: factor * points for factor, lines in terms
             for line, points in _points(lines, rates, reference).items()}
    height = math.fsum(exact.values())
    if height > 99:
        exact[("_all", "ceiling")] = 99 - height
    parts = _rounded(exact, round(min(height, 99) * PARTS_PER_POINT))
    return Score(score=1 + sum(parts.values()) / PARTS_PER_POINT, height=height, exact_points=exact,
                 points={line: part / PARTS_PER_POINT for line, part in parts.items()})


def _points(lines: dict[tuple[str, str], float], rates: dict[str, float], reference: float) -> dict:
    of_network = defaultdict(float)
    for (network, _), credit in lines.items():
        of_network[network] += credit
    z = {network: credit * rates.get(network, 1.0) for network, credit in of_network.items()}
    cubes = sum(value**NORM_EXPONENT for value in sorted(z.values()))
    height = 99 * math.log1p(cubes ** (1 / NORM_EXPONENT)) / math.log1p(reference)
    return {(network, kind): height * z[network] ** NORM_EXPONENT / cubes * credit / of_network[network]
            for (network, kind), credit in lines.items()}


def _rounded(exact: dict[tuple[str, str], float], total: int) -> dict[tuple[str, str], int]:
    whole = {line: math.floor(points * PARTS_PER_POINT) for line, points in exact.items()}
    remainder = {line: round(points * PARTS_PER_POINT - whole[line], 6) for line, points in exact.items()}
    largest_first = sorted(exact, key=lambda line: (-remainder[line], line))
    for line in largest_first[: total - sum(whole.values())]:
        whole[line] += 1
    return whole
