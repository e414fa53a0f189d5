"""What is planted in the demo world, and who plays it."""

from dataclasses import dataclass

from jobs.demo.events import Event
from jobs.demo.people import Person

VIRAL_DAY = 30
"""A weekday of the default calendar, late enough for a history to compare with."""

BROKEN_DAY = 38
BROKEN_FEED = "twitter"
LOUD_NETWORK = "twitter"
"""Where bots, the ring and the viral post are."""

IDOLS = 6
"""Leading experts whose fans react to them on every network, so that a fan counted twice is seen."""


@dataclass
class Plot:
    """The planted cast; viral_post is known once its day was generated."""

    bots: list[Person]
    ring: list[Person]
    viral_person: Person
    idol_of: dict[Person, Person]
    loud_network: str = LOUD_NETWORK
    viral_day: int = VIRAL_DAY
    viral_post: Event | None = None


def cast(people: list[Person]) -> Plot:
    """Find who plays what."""
    by_role: dict[str, list[Person]] = {}
    for person in people:
        by_role.setdefault(person.role, []).append(person)
    idols = by_role["leading_expert"][:IDOLS]
    return Plot(
        bots=by_role["bot"],
        ring=by_role["ring"],
        viral_person=by_role["viral"][0],
        idol_of={fan: idols[place % len(idols)] for place, fan in enumerate(by_role["fan"])},
    )
