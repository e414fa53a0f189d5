"""v4 once more, in plain Python and in real numbers, read from its card: five ways to count, each by itself."""

from collections import defaultdict
from collections.abc import Callable

from tests.property.reference import UNIT, Pair, engagements_of, home_of

RESHARES = ("reshare", "quote")
ANSWERS = ("reply", "endorsement")

Own = dict[tuple[str, str], Pair]
"""What stands between two people, by (network, kind)."""


def terms_of(pairs: dict[tuple, Pair], trusted: set[str]) -> dict[str, dict[str, dict[tuple[str, str], float]]]:
    """Author to term to (network, term) to credit; trusted: people."""
    ways: dict[str, Callable[[str, Own], float]] = {
        "reach": lambda engager, own: max(pair.touch for pair in own.values()) / UNIT,
        "attention": lambda engager, own: attention(own),
        "reshared": lambda engager, own: attention(_by(RESHARES, own)),
        "answered": lambda engager, own: attention(_by(ANSWERS, own)),
        "trusted": lambda engager, own: attention(own) if engager in trusted else 0.0,
    }
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for (author, engager), own in engagements_of(pairs).items():
        for term, count in ways.items():
            if credit := count(engager, own):
                found[author][term][(home_of(own), term)] += credit
    return found


def attention(own: Own) -> float:
    """All that one person did to another, m, as m / (m + 1)."""
    reactions = sum(pair.weight for pair in own.values()) / UNIT
    return reactions / (reactions + 1)


def _by(kinds: tuple[str, ...], own: Own) -> Own:
    return {place: pair for place, pair in own.items() if place[1] in kinds}
