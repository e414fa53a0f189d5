"""Who lives in the demo world: the roles that are planted, and the people who play them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.demo.names import address_of, invented_name, sender_key
from jobs.demo.topics import Topic
from jobs.errors import PipelineError

NETWORKS = {"twitter": 45, "stackexchange": 35, "mailinglist": 20}
"""The three networks, and how many in a hundred of those on one network only are there."""

WORLD_SIZE = 2000
"""The number of people for which the counts of ROLES are given."""

SMALLEST_WORLD = 200
"""Fewer people are not enough for the ring and for an expert in every topic."""

RING_SIZE = 12
MOST_EAGER = 8.0
"""Cap of the power laws: no ordinary person draws or gives more than this many times the least."""


@dataclass(frozen=True)
class Role:
    """A part to play, and what it means; attention 0 and eagerness None are drawn from a power law.

    people: how many in 2,000. posting: posts, attention: reactions to each post, eagerness: reactions
    given, all relative to others. networks: number of accounts. home: the network of the only account.
    """

    name: str
    people: int
    posting: float = 1.0
    attention: float = 0.0
    networks: int = 1
    home: str | None = None
    eagerness: float | None = None


LEADING_EXPERT = Role("leading_expert", 0, posting=4, attention=12, networks=3)
EXPERT = Role("expert", 0, posting=4, attention=12)
RING = Role("ring", 0, attention=0.2, home="twitter")
VIRAL = Role("viral", 0, attention=1, home="twitter")
ORDINARY = Role("ordinary", 0)
MINOR = Role("minor", 20, posting=3, attention=6)
OPT_OUT = Role("opt_out", 15, posting=3, attention=6)
ROLES = (
    Role("fan", 40, networks=3),
    Role("linked", 80, networks=2),
    Role("newcomer", 90, posting=2, attention=4),
    Role("linked_newcomer", 10, posting=2, attention=4, networks=2),
    Role("bot", 8, posting=0, home="twitter", eagerness=0.0),
    MINOR,
    OPT_OUT,
)
"""Roles by number of people in 2,000; listed people draw much attention, so that a leak would show."""

EXPERTS_PER_TOPIC = 2
"""Beside the leading one, in 2,000 people."""

LISTED_FROM_THE_START = 0.6
LISTED_LATER = (12, 25)
NEWCOMERS_START = (18, 22)
LINKED_LATER_SHARE = 0.2
LINKED_LATER, NEWCOMERS_LINKED = 10, 25
"""Days, from 1, on which some lists grow and newcomers begin."""

CANARIES = {"minor": 1, "opt_out": 2}
"""Two people whose ids can be searched for byte by byte, and the last digit of these ids."""


@dataclass(frozen=True, eq=False)
class Person:
    """One person, the accounts, and when each list names them (a day from 1; None: never)."""

    number: int
    name: str
    role: str
    topics: tuple[Topic, ...]
    accounts: dict[str, str]
    posting: float
    attention: float
    eagerness: float
    zone_hours: int
    first_day: int
    linked_from: int | None
    listed_from: int | None

    @property
    def account_names(self) -> list[str]:
        """The accounts as network:account."""
        return [f"{network}:{account}" for network, account in self.accounts.items()]

    @property
    def person_id(self) -> str:
        """The declared person, else the only account."""
        return self.account_names[0] if self.linked_from is None else f"person-{self.number:06d}"

    @property
    def handle(self) -> str:
        """The name after the @ sign."""
        return f"{address_of(self.name, 0).split('.')[0][:8]}{self.number}"

    @property
    def address(self) -> str:
        """Where the mailing lists reach this person."""
        return address_of(self.name, self.number)


def population(seed: int, people: int, topics: list[Topic]) -> list[Person]:
    """Everybody by account number, which says nothing about the roles; the canaries come last.

    Errors: PipelineError below SMALLEST_WORLD.
    """
    if people < SMALLEST_WORLD:
        raise PipelineError(f"demo world: expected {SMALLEST_WORLD} people or more, got {people}")
    rng = random.Random(f"{seed}/people")
    parts = list(_parts(people, topics))
    parts += [(ORDINARY, None)] * (people - len(CANARIES) - len(parts))
    rng.shuffle(parts)
    crowd = [_person(rng, number, role, topic, topics) for number, (role, topic) in enumerate(parts, start=1)]
    return crowd + [_canary(rng, role, people - 2 + digit, topics) for role, digit in CANARIES.items()]


def scaled(count: int, people: int) -> int:
    """A count given for 2,000 people in a world of another size, at least one."""
    return max(1, round(count * people / WORLD_SIZE))


def _parts(people: int, topics: list[Topic]) -> Iterator[tuple[Role, Topic | None]]:
    for topic in topics:
        yield LEADING_EXPERT, topic
        for _ in range(round(EXPERTS_PER_TOPIC * people / WORLD_SIZE)):
            yield EXPERT, topic
    for role in ROLES:
        yield from [(role, None)] * scaled(role.people, people)
    yield from [(RING, None)] * RING_SIZE
    yield VIRAL, None


def _person(rng: random.Random, number: int, role: Role, topic: Topic | None, topics: list[Topic]) -> Person:
    name = invented_name(rng)
    networks = _networks(rng, role)
    return Person(
        number=number,
        name=name,
        role=role.name,
        topics=(topic,) if topic else tuple(rng.sample(topics, k=2)),
        accounts={network: account_id(network, name, number) for network in networks},
        posting=role.posting,
        attention=role.attention or _power_law(rng),
        eagerness=_power_law(rng) if role.eagerness is None else role.eagerness,
        zone_hours=rng.randint(-8, 10),
        first_day=rng.randint(*NEWCOMERS_START) if "newcomer" in role.name else 1,
        linked_from=_linked_from(rng, role) if len(networks) > 1 else None,
        listed_from=_listed_from(rng) if role in (MINOR, OPT_OUT) else None,
    )


def account_id(network: str, name: str, number: int) -> str:
    """The id that the network gives to the person of this number; on Twitter too long for a double."""
    if network == "mailinglist":
        return sender_key(address_of(name, number))
    if network == "stackexchange":
        return str(1_000 + number)
    return str(1_200_000_000_000_000_000 + number * 7_919_000_003)


def _networks(rng: random.Random, role: Role) -> list[str]:
    if role.home:
        return [role.home]
    if role.networks == 1:
        return rng.choices(list(NETWORKS), weights=NETWORKS.values())
    return ["twitter", *rng.sample(["stackexchange", "mailinglist"], k=role.networks - 1)]


def _linked_from(rng: random.Random, role: Role) -> int:
    if "newcomer" in role.name:
        return NEWCOMERS_LINKED
    return LINKED_LATER if rng.random() < LINKED_LATER_SHARE else 1


def _listed_from(rng: random.Random) -> int:
    return 1 if rng.random() < LISTED_FROM_THE_START else rng.randint(*LISTED_LATER)


def _power_law(rng: random.Random) -> float:
    return min(rng.paretovariate(1.6), MOST_EAGER)


def _canary(rng: random.Random, role: str, number: int, topics: list[Topic]) -> Person:
    name, digit = f"Zyxqua Canary{role.replace('_', '')}", CANARIES[role]
    accounts = {
        "twitter": str(1_299_999_999_000_000_000 + digit),
        "stackexchange": str(97_000_000 + digit),
        "mailinglist": account_id("mailinglist", name, number),
    }
    return Person(
        number, name, role, tuple(rng.sample(topics, k=2)), accounts,
        posting=6, attention=8, eagerness=4, zone_hours=0, first_day=1, linked_from=1, listed_from=1,
    )
