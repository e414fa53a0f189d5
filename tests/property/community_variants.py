"""What might be done to a community, and who it is done to."""

import hashlib
from dataclasses import replace

from jobs.tables import OVERALL
from tests.property.communities import COMMUNITIES, TONIGHT, Community, community
from tests.property.reference import Reaction
from tests.property.trust_reference import circles_of

RENAMED = COMMUNITIES[::5]
CHANGED = (4, 5, 6, 10)
"""Without a ring, some with mutual circles, one with a heavy reactor."""

GREETED = ("ann of both", "forum:cy", "forum:e1")


def told_and_changed() -> dict[tuple[str, int], Community]:
    """Every community as it is told, and some changed; by variant and number."""
    made = {("told", number): community(number) for number in COMMUNITIES}
    for number in RENAMED:
        made[("renamed", number)] = renamed(community(number))
    for number in CHANGED:
        told = community(number)
        made[("newcomers", number)] = with_newcomers(told)
        made[("keen", number)] = with_keen_circles(told)
        made[("generous", number)] = with_generous_seeds(told)
    return made


def renamed(told: Community) -> Community:
    """Everybody with another name, in another place of any order; and two who do nothing."""
    other = told.called(lambda name: hashlib.sha256(name.encode()).hexdigest()[:12])
    return other.with_idle(("forum", "nobody")).with_idle(("wire", "never"))


def with_newcomers(told: Community) -> Community:
    """Three whom nobody knows react to GREETED, and nobody answers."""
    return told.and_then([Reaction(TONIGHT, "forum", f"new{n}", author, "reply", 2)
                          for n in range(3) for author in ("ann", "cy", "e1")])


def with_keen_circles(told: Community) -> Community:
    """Whoever reacted to somebody of their own circle does so again, in another way and about every topic."""
    close = circles_of(told.standing(OVERALL).reacted)
    return told.and_then([
        replace(one, day=TONIGHT, kind="mention", count=4) for one in told.reactions[OVERALL] if one.engager
        and frozenset((told.person((one.network, one.engager)), told.person((one.network, one.author)))) in close])


def with_generous_seeds(told: Community) -> Community:
    """Each seed that serves reacts to thirty people more, who do nothing themselves, about none of the topics."""
    serving = sorted(account for account, expires in told.seeds.items() if expires > TONIGHT)
    named = [Reaction(TONIGHT, network, seed, f"far{n}", "reply", 1) for network, seed in serving for n in range(30)]
    return replace(told, reactions={**told.reactions, OVERALL: told.reactions[OVERALL] + named})
