"""What may not matter to any released version, and what may not help: names, accounts that do nothing, one's own circle.

The checks on the algorithms of gate-evidence section 2, L0 (S29). Neighbours: order and partitions, monotony and equal
inputs of v1 and v2 in test_scoring_properties.py; a delivery that comes twice in tests/ingest/test_landing.py and
test_loading.py; the golden replay in tests/golden. The algorithms are frozen by digest, which the gate checks every night.
"""

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.property.communities import COMMUNITIES
from tests.property.community_scores import VERSIONS
from tests.property.community_variants import CHANGED, GREETED, RENAMED

every_released_version = pytest.mark.parametrize("version", VERSIONS)

NO_SCORE = Decimal(1)
"""Who has no line stands where the scale starts."""


def points(rows: list[dict]) -> list[tuple]:
    return sorted((row["network"], row["kind"], row["points"], row["influence_score"]) for row in rows)


def by_topic(lines: dict[tuple, list[dict]]) -> dict[str, list]:
    found = defaultdict(list)
    for (topic, _), rows in lines.items():
        found[topic].append(points(rows))
    return {topic: sorted(of_all) for topic, of_all in found.items()}


def moves(of_version: dict[tuple, dict], variant: str) -> dict[tuple, tuple[Decimal, Decimal]]:
    """Community, topic and person to the scores without the change and with it, of everybody who has either."""
    found = {}
    for number in CHANGED:
        before, after = of_version[("told", number)], of_version[(variant, number)]
        for key in before.keys() | after.keys():
            found[(number, *key)] = (_score(before.get(key)), _score(after.get(key)))
    return found


def _score(rows: list[dict] | None) -> Decimal:
    return rows[0]["influence_score"] if rows else NO_SCORE


@every_released_version
def test_other_names_and_accounts_that_do_nothing_leave_every_score_and_line(version, scored):
    for number in RENAMED:
        told = scored[version][("told", number)]
        assert len(told) > 50
        assert by_topic(told) == by_topic(scored[version][("renamed", number)])


@every_released_version
def test_equal_inputs_give_equal_scores(version, scored):
    compared = 0
    for number in COMMUNITIES:
        told = scored[version][("told", number)]
        for topic, author in [key for key in told if key[1].endswith(":twin")]:
            assert points(told[(topic, author)]) == points(told[(topic, author.replace("twin", "bob"))])
            compared += 1
    assert compared > 50


@every_released_version
def test_newcomers_raise_whom_they_react_to_and_lower_nobody(version, scored):
    """Nobody answers them: they close no circle, and trust reaches nobody through them."""
    found = moves(scored[version], "newcomers")
    assert all(after >= before for before, after in found.values())
    assert {person for (_, _, person), (before, after) in found.items() if after != before} == set(GREETED)


def test_who_reacts_more_within_a_circle_raises_nobody_in_it(scored):
    """v5, decision 0015: its members are to each other what one is to oneself."""
    found = moves(scored["v5"], "keen")
    assert all(after <= before for before, after in found.values())
    unbounded = moves(scored["v2"], "keen")
    assert sum(after > before for before, after in unbounded.values()) > 50


def test_a_seed_that_names_more_people_raises_nobody_else(scored):
    """v5, decision 0015: trust is divided by how many people one names."""
    found = {key: scores for key, scores in moves(scored["v5"], "generous").items() if ":far" not in key[2]}
    assert all(after <= before for before, after in found.values())
    assert sum(after < before for before, after in found.values()) > 10
