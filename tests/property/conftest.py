"""Three hundred random histories, each with what might be done to it, as the topics of one frame."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from jobs.engagement.state import state_at_once
from jobs.scoring.calibration import Calibration
from jobs.scoring.people import people_pairs
from jobs.scoring.registry import algorithm
from jobs.scoring.run import version_lines
from jobs.scoring.scale import rounded_lines
from tests.frames import materialise
from tests.property.community_scores import lines_of
from tests.property.community_variants import told_and_changed
from tests.property.reference import Reaction
from tests.property.tables import TONIGHT, days_of, links_of

HISTORIES = 300
SMALL_TOPIC_REFERENCE = 3.0
"""R_t of every fifth topic: low enough for the ceiling to bind."""

CALIBRATION = Calibration(
    reference=63.0, default_topic_reference=63.0, common_level=2.0, network_medians={"forum": 4.0, "wire": 1.0},
    topic_references={f"t{n:03}/{what}": SMALL_TOPIC_REFERENCE for n in range(0, HISTORIES, 5)
                      for what in ("told", "more", "network", "active", "twin", "one")},
    made_from="made up")

LINKS = {("forum", "e0"): "Eve", ("wire", "e0"): "Eve", ("forum", "ann"): "Ann", ("wire", "ann"): "Ann",
         ("wire", "ann-too"): "Ann"}
"""Eve reacts on two networks; Ann writes on two, with a second account on one of them."""

ENGAGERS = ("e0", "e1", "e2", "e3", "e4", "ann", "ann-too", None)


@dataclass(frozen=True)
class Told:
    """Every topic's reactions, and what both versions make of them tonight and, without news, tomorrow."""

    reactions: dict[str, list[Reaction]]
    pairs: object
    lines: dict[str, list[dict]]
    tomorrow: dict[str, list[dict]]


@pytest.fixture(scope="session")
def told(spark) -> Told:
    reactions = {topic: told for number in range(HISTORIES) for topic, told in variants_of(number).items()}
    state = materialise(state_at_once(days_of(spark, reactions), TONIGHT))
    links = links_of(spark, {**LINKS, ("list", "ann-l"): "Ann"})
    pairs = {night: materialise(people_pairs(state, links, night))
             for night in (TONIGHT, TONIGHT + timedelta(days=1))}
    tonight, tomorrow = ({version: rows_of(version, frame) for version in ("v1", "v2")} for frame in pairs.values())
    return Told(reactions, pairs[TONIGHT], tonight, tomorrow)


def rows_of(version: str, pairs) -> list[dict]:
    lines = version_lines({version: algorithm(version)}, {version: CALIBRATION}, pairs, lambda frame: frame)
    return rounded_lines(lines).toArrow().to_pylist()


def variants_of(number: int) -> dict[str, list[Reaction]]:
    dice = random.Random(number)
    told = _history(dice) + (_eager() if number % 50 == 0 else [])
    of_bob = [reaction for reaction in told if reaction.author == "bob" and reaction.engager]
    news = [_reaction(dice, TONIGHT, "ann") for _ in range(dice.randint(1, 4))]
    variants = {
        "told": told,
        "more": told + [replace(reaction, network="wire", engager=f"e{dice.randint(0, 9)}") for reaction in news],
        "network": told + [replace(reaction, network="list", author="ann-l") for reaction in news],
        "active": told + [replace(reaction, engager="ann", author=f"far-{n}", network="wire") for n, reaction in enumerate(news)],
        "twin": told + [replace(reaction, author="twin") for reaction in of_bob],
        "one": [replace(reaction, engager="e1") if reaction in of_bob else reaction for reaction in told],
    }
    return {f"t{number:03}/{what}": reactions for what, reactions in variants.items()}


def _history(dice: random.Random) -> list[Reaction]:
    """Up to forty reactions from tiny domains, so that pairs repeat and tie; bob is on one network only."""
    reactions = []
    for _ in range(dice.randint(1, 40)):
        author = dice.choice(("ann", "bob", "cy"))
        reaction = _reaction(dice, TONIGHT - timedelta(days=dice.randint(1, 45)), author)
        reactions.append(replace(reaction, network="wire") if author == "bob" else reaction)
    return [reaction for reaction in reactions if reaction.engager != reaction.author]


def _reaction(dice: random.Random, day: date, author: str) -> Reaction:
    return Reaction(day, dice.choice(("forum", "wire")), dice.choice(ENGAGERS), author,
                    dice.choice(("like", "reply", "reshare")), dice.randint(1, 3))


def _eager() -> list[Reaction]:
    """Somebody who keeps up with sixty authors and ann: more than the budget."""
    authors = [*(f"star-{n}" for n in range(60)), "ann"]
    return [Reaction(TONIGHT - timedelta(days=1), "wire", "eager", author, "reply", 9) for author in authors]


@pytest.fixture(scope="session")
def scored(spark) -> dict[str, dict]:
    """Version, then (variant, number) of a community, then topic and person, to the rows of the lines."""
    return lines_of(spark, told_and_changed())
