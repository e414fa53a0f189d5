"""Random communities, whose people react to nobody outside: circles, rings, groups, seeds, and whom these trust."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from jobs.tables import OVERALL
from tests.property.reference import Pair, Reaction, pairs_of
from tests.property.tables import TONIGHT
from tests.property.trust_reference import Standing

NETWORKS = ("forum", "wire")
KINDS = ("like", "reply", "reshare", "quote", "endorsement")
TOPICS = ("jazz", "chess", "quiz")

LISTED_TOPIC = "jazz"
"""The topic that has a list of trusted accounts of its own."""

CROWD = ("ann", "cy", *(f"e{n}" for n in range(11)))
SILENT = ("bob", "idol")
"""They react to nobody. Everything that bob gets his twin gets, too; idol is in a coordinated group."""

Account = tuple[str, str]
"""Network and account."""


@dataclass(frozen=True)
class Community:
    """Reactions by topic, with all of them in the roll-up; and what is known of accounts.

    trusted: (topic, account). seeds: the day on which each no longer serves.
    """

    reactions: dict[str, list[Reaction]]
    links: dict[Account, str]
    trusted: set[tuple[str, Account]]
    seeds: dict[Account, date]
    groups: dict[Account, str]

    def called(self, name: Callable[[str], str]) -> "Community":
        """The same with other names of accounts and people; groups keep theirs."""
        def account(one: Account) -> Account:
            return one[0], name(one[1])

        return Community(
            {topic: [replace(one, engager=one.engager and name(one.engager), author=name(one.author)) for one in told]
             for topic, told in self.reactions.items()},
            {account(one): name(person) for one, person in self.links.items()},
            {(topic, account(one)) for topic, one in self.trusted},
            {account(one): day for one, day in self.seeds.items()},
            {account(one): group for one, group in self.groups.items()})

    def and_then(self, more: list[Reaction]) -> "Community":
        """The same with more reactions, about every topic."""
        return replace(self, reactions={topic: told + more for topic, told in self.reactions.items()})

    def with_idle(self, account: Account) -> "Community":
        """The same with an account that does nothing and has every mark."""
        return replace(self, links={**self.links, account: "nobody"}, seeds={**self.seeds, account: TONIGHT + timedelta(days=9)},
                       trusted=self.trusted | {(topic, account) for topic in (OVERALL, LISTED_TOPIC)},
                       groups={**self.groups, account: "g of forum"})

    def pairs(self, topic: str) -> dict[tuple, Pair]:
        return pairs_of(self.reactions[topic], self.links, TONIGHT)

    def standing(self, topic: str) -> Standing:
        """What any account of a person is, the person is; of two groups they are in the first by name."""
        asked = LISTED_TOPIC if topic == LISTED_TOPIC else OVERALL
        groups = [(self.person(one), f"{one[0]}:{group}") for one, group in self.groups.items()]
        return Standing(
            trusted={self.person(one) for listed, one in self.trusted if listed == asked},
            seeds={self.person(one) for one, expires in self.seeds.items() if expires > TONIGHT},
            groups=dict(sorted(groups, reverse=True)),
            reacted={(engager, author) for author, engager, _, _ in self.pairs(OVERALL)})

    def person(self, account: Account) -> str:
        return self.links.get(account, ":".join(account))


COMMUNITIES = range(14)
WITH_RING = COMMUNITIES[::7]
"""Those with a ring in which nobody answers; nowhere else do two people have thirty-five partners in common."""


def community(number: int) -> Community:
    """A crowd, a club in which they answer, fans whom nobody knows; in some a ring, in some a heavy reactor."""
    dice = random.Random(number)
    club = [f"c{n}" for n in range(dice.randint(5, 10))]
    told = [*_crowd(dice), *_club(dice, club), *_fans(dice, dice.choice((0, 5, 40)))]
    if number in WITH_RING:
        told += _ring(dice, 39)
    if number % 4 == 1:
        told += _heavy(dice)
    linked = [*(club if number % 2 else []), "ann", "e0"]
    links = {(network, name): f"{name} of both" for name in linked for network in NETWORKS}
    marked = [*CROWD, *club, "heavy", "r1", "r2"]
    return _marked(dice, marked, _by_topic(dice, told), {**links, ("wire", "alter"): "ann of both"})


def _crowd(dice: random.Random) -> list[Reaction]:
    """Anybody to anybody; ann reacts with a second account, too, and some reactions are nobody's."""
    told = [_reaction(dice, dice.choice((*CROWD, "alter", None)), dice.choice(CROWD + SILENT))
            for _ in range(dice.randint(20, 150))]
    return [one for one in told if one.engager != one.author]


def _club(dice: random.Random, names: list[str]) -> list[Reaction]:
    """Nearly everybody answers nearly everybody; each reacts to somebody outside, and is reacted to from there."""
    inside = [(one, two) for one in names for two in names if one != two and dice.random() < 0.96]
    outside = [pair for name in names for pair in ((name, dice.choice(CROWD)), (dice.choice(("e1", "e2", "cy")), name))]
    return [_reaction(dice, *pair, "forum") for pair in inside + outside]


def _fans(dice: random.Random, count: int) -> list[Reaction]:
    return [_reaction(dice, f"fan{n}", author, "wire") for author in ("cy", "bob") for n in range(count)]


def _ring(dice: random.Random, size: int) -> list[Reaction]:
    """Nearly everybody to the half that comes after: most pairs share thirty-five of the others, and some one fewer."""
    pairs = [(f"r{n}", f"r{(n + step) % size}") for n in range(size) for step in range(1, size // 2 + 1)]
    return [_reaction(dice, *pair, "forum") for pair in pairs if dice.random() < 0.99]


def _heavy(dice: random.Random) -> list[Reaction]:
    """Nine reactions to each of sixty people and of the crowd: more than the budget."""
    return [replace(_reaction(dice, "heavy", author, "wire"), count=9, day=TONIGHT)
            for author in (*(f"star{n}" for n in range(60)), *CROWD)]


def _reaction(dice: random.Random, engager: str | None, author: str, network: str | None = None) -> Reaction:
    return Reaction(TONIGHT - timedelta(days=dice.randint(0, 45)), network or dice.choice(NETWORKS), engager, author,
                    dice.choice(KINDS), dice.randint(1, 3))


def _by_topic(dice: random.Random, told: list[Reaction]) -> dict[str, list[Reaction]]:
    """Each reaction with its topics, if any."""
    about = defaultdict(list)
    for one in told:
        topics = TOPICS if one.engager == "heavy" else [topic for topic in TOPICS if dice.random() < 0.3]
        for topic in (OVERALL, *topics):
            about[topic] += [one, replace(one, author="twin")] if one.author == "bob" else [one]
    return dict(about)


def _marked(
    dice: random.Random, names: list[str], reactions: dict[str, list[Reaction]], links: dict[Account, str]
) -> Community:
    accounts = [(network, name) for name in names for network in NETWORKS]
    anywhere = [one for one in accounts if dice.random() < 0.4]
    in_topic = [*dice.sample(anywhere, 3), *(one for one in accounts if dice.random() < 0.2)]
    rested, *serving = dice.sample(anywhere, 5)
    groups = {("forum", name): "g of forum" for name in ("ann", "idol", *dice.sample(names, 4))}
    return Community(
        reactions, links, {(OVERALL, one) for one in anywhere} | {(LISTED_TOPIC, one) for one in in_topic},
        {rested: TONIGHT, **dict.fromkeys(serving, TONIGHT + timedelta(days=50))},
        groups | {("wire", name): "g of wire" for name in ("ann", *dice.sample(CROWD, 3))})
