"""v3 and v5 once more, in plain Python and in real numbers, read from their cards: who may count for how much.

Circles are looked for by sets of partners, trust by a loop over everybody's reactions for each of its two steps.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.property.learned_reference import Own, attention
from tests.property.reference import Pair, engagements_of, home_of

ACTOR_BUDGET = 50
UNTRUSTED_PER_TRUSTED = 7
FREE_UNTRUSTED = {"v3": 20, "v5": 12}
CURVE = {"v3": lambda y: 1 - math.exp(-y), "v5": math.tanh}

FULL_GIFTS = 10
GIFTS_OF_FULL_TRUST = 2
MUTUAL_PARTNERS, PARTNERS = 5, 35

Meeting = tuple[str, str]
"""Who reacted, and to whom."""


@dataclass(frozen=True)
class Standing:
    """What is known about people in a topic: whom v3 trusts there, who serves as a seed, who acts together.

    reacted: who reacted to whom over all posts, whatever the topic.
    """

    trusted: set[str]
    seeds: set[str]
    groups: dict[str, str]
    reacted: set[Meeting]


@dataclass(frozen=True)
class Credit:
    """What one engager is to one author: c, then b c, then b c / g, then e; and t, how far the engager is trusted."""

    full: float
    budgeted: float
    shared: float
    counted: float
    trust: float


def credits_of(version: str, pairs: dict[tuple, Pair], standing: Standing) -> dict[str, dict[tuple[str, str], float]]:
    """Author to (network, kind) to credit, discounts negative; a network on which nothing counts has no lines."""
    met = engagements_of(pairs)
    of_author = defaultdict(dict)
    for (author, engager), credit in _credits(version, met, standing).items():
        of_author[author][engager] = credit
    found = defaultdict(dict)
    for author, credits in of_author.items():
        ceiling = FREE_UNTRUSTED[version] + UNTRUSTED_PER_TRUSTED * sum(c.trust * c.counted for c in credits.values())
        homes = {engager: home_of(met[(author, engager)]) for engager in credits}
        for network in set(homes.values()):
            here = {engager: credit for engager, credit in credits.items() if homes[engager] == network}
            if any(credit.counted for credit in here.values()):
                lines = _lines({engager: met[(author, engager)] for engager in here}, here)
                lines["untrusted_cap"] = _cut_off(version, ceiling, list(here.values()))
                found[author] |= {(network, kind): credit for kind, credit in lines.items() if credit}
    return found


def _credits(version: str, met: dict[tuple, Own], standing: Standing) -> dict[tuple[str, str], Credit]:
    full = {pair: attention(own) for pair, own in met.items()}
    given = defaultdict(float)
    for (_, engager), credit in full.items():
        given[engager] += credit
    trust, own_people = _trust_and_own(version, standing)
    members = Counter((author, standing.groups.get(engager)) for author, engager in met)
    found = {}
    for (author, engager), credit in full.items():
        budgeted = credit * min(1, ACTOR_BUDGET / given[engager])
        group = standing.groups.get(engager)
        shared = budgeted / members[(author, group)] if group else budgeted
        counted = 0.0 if frozenset((author, engager)) in own_people else shared
        found[(author, engager)] = Credit(credit, budgeted, shared, counted, trust.get(engager, 0.0))
    return found


def _trust_and_own(version: str, standing: Standing) -> tuple[dict[str, float], set[frozenset[str]]]:
    """How far each person is trusted, and the pairs of people who count nothing for each other."""
    if version == "v3":
        return dict.fromkeys(standing.trusted, 1.0), set()
    reached = trust_of(standing.reacted, standing.seeds)
    trust = {person: reached.get(person, 0.0) for person in standing.trusted}
    return trust, circles_of(standing.reacted) | group_mates(standing.groups)


def trust_of(reacted: set[Meeting], seeds: set[str]) -> dict[str, float]:
    """What a seed's trust comes to two steps on: everybody gives each whom they reacted to a gift of what they hold."""
    first = _given(reacted, dict.fromkeys(seeds, 1.0))
    second = _given(reacted, {**first, **dict.fromkeys(seeds, 1.0)})
    return {**second, **dict.fromkeys(seeds, 1.0)}


def _given(reacted: set[Meeting], held: dict[str, float]) -> dict[str, float]:
    gifts = defaultdict(list)
    for giver in held:
        named = [author for engager, author in reacted if engager == giver]
        for author in named:
            gifts[author].append(held[giver] * min(1, FULL_GIFTS / len(named)))
    return {person: min(1.0, math.fsum(own) / GIFTS_OF_FULL_TRUST) for person, own in gifts.items()}


def circles_of(reacted: set[Meeting]) -> set[frozenset[str]]:
    """Pairs in one circle: five mutual partners in common, or thirty-five of any kind."""
    either = {frozenset(meeting) for meeting in reacted}
    both = {frozenset(meeting) for meeting in reacted if meeting[::-1] in reacted}
    return with_in_common(both, MUTUAL_PARTNERS) | with_in_common(either, PARTNERS)


def with_in_common(pairs: set[frozenset[str]], fewest: int) -> set[frozenset[str]]:
    """Pairs with at least so many partners in common, counting partners that have one more than that themselves."""
    partners = defaultdict(set)
    for one, two in map(tuple, pairs):
        partners[one].add(two)
        partners[two].add(one)
    known = {person for person, own in partners.items() if len(own) >= fewest + 1}
    return {pair for pair in pairs if len(set.intersection(known, *(partners[person] for person in pair))) >= fewest}


def group_mates(groups: dict[str, str]) -> set[frozenset[str]]:
    """Pairs of people of one coordinated group."""
    return {frozenset((one, two)) for one in groups for two in groups if one != two and groups[one] == groups[two]}


def _lines(own: dict[str, Own], credits: dict[str, Credit]) -> dict[str, float]:
    """What the engagers of an author on a network add up to, by kind and discount."""
    lines = defaultdict(float)
    for engager, credit in credits.items():
        for kind, part in _parts(own[engager]):
            lines[kind] += credit.full * part
        lines["actor_budget"] += credit.budgeted - credit.full
        lines["coordination"] += credit.shared - credit.budgeted
        lines["own_circle"] += credit.counted - credit.shared
    return lines


def _parts(own: Own) -> Iterator[tuple[str, float]]:
    """Kinds of reaction with their part of all reactions of a pair."""
    whole = sum(pair.weight for pair in own.values())
    return ((kind, pair.weight / whole) for (_, kind), pair in own.items())


def _cut_off(version: str, ceiling: float, credits: list[Credit]) -> float:
    """What the ceiling takes of credit that nobody trusted stands behind."""
    untrusted = math.fsum((1 - credit.trust) * credit.counted for credit in credits)
    return ceiling * CURVE[version](untrusted / ceiling) - untrusted
