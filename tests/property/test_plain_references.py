"""Every released version equals its plain reference, on people who stand as the versions ask: v3, v4 and v5 above all."""

from collections import Counter
from dataclasses import replace

import pytest

from jobs.tables import OVERALL
from tests.property.communities import COMMUNITIES, KINDS, TONIGHT, Community, community
from tests.property.community_scores import TERM_FACTORS, VERSIONS, expected_scores
from tests.property.reference import Score
from tests.property.trust_reference import MUTUAL_PARTNERS, PARTNERS, Standing, group_mates, trust_of, with_in_common

FIXED_POINT = 1e-6
"""What credits in units of 2^-32 may take from a line, in points."""

ROUNDING = 0.00005 + FIXED_POINT
"""Scores are published to four digits."""

every_released_version = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture(scope="module")
def told() -> dict[int, Community]:
    return {number: community(number) for number in COMMUNITIES}


@pytest.fixture(scope="module")
def expected(told) -> dict[str, dict[int, dict[tuple[str, str], Score]]]:
    """Version, number of the community, topic and person to what the plain reference says."""
    asked = {(number, topic): (one.pairs(topic), one.standing(topic)) for number, one in told.items() for topic in one.reactions}
    found = {version: {number: {} for number in told} for version in VERSIONS}
    for version in VERSIONS:
        for (number, topic), (pairs, standing) in asked.items():
            for author, score in expected_scores(version, topic, pairs, standing).items():
                found[version][number][(topic, author)] = score
    return found


def members_who_reacted_to_nobody(standing: Standing) -> set[str]:
    return standing.groups.keys() - {engager for engager, _ in standing.reacted}


def differences(rows: list[dict], score: Score | None) -> list[str]:
    """What differs between the engine's lines of a score and the reference's; without lines a score is 1."""
    wanted = score or Score(1.0, 0.0, {}, {})
    exact = {(row["network"], row["kind"]): row["exact_points"] for row in rows}
    far = [f"{line}: {exact.get(line)} points, expected {wanted.exact_points.get(line)}"
           for line in exact.keys() | wanted.exact_points.keys()
           if abs(exact.get(line, 0.0) - wanted.exact_points.get(line, 0.0)) > FIXED_POINT]
    published = float(rows[0]["influence_score"]) if rows else 1.0
    expected = 1 + min(wanted.height, 99.0)
    return far if abs(published - expected) <= ROUNDING else [*far, f"score {published}, expected {expected}"]


@every_released_version
def test_every_line_and_score_equals_the_plain_reference(scored, expected, told, version):
    wrong, compared = {}, 0
    for number, wanted in expected[version].items():
        found = scored[version][("told", number)]
        beside = members_who_reacted_to_nobody(told[number].standing(OVERALL)) if version == "v5" else set()
        for key in {key for key in found.keys() | wanted.keys() if key[1] not in beside}:
            compared += 1
            if far := differences(found.get(key, []), wanted.get(key)):
                wrong[(number, *key)] = far
    assert wrong == {}
    assert compared > 2000


def test_v5_reads_whose_group_an_author_is_in_from_what_the_author_did(scored, expected, told):
    """The one difference from the definition, in the Limits of the card: to such an author the group is one stranger."""
    differing = 0
    for number, one in told.items():
        found = scored["v5"][("told", number)]
        for topic in one.reactions:
            standing = one.standing(topic)
            silent = members_who_reacted_to_nobody(standing)
            as_read = replace(standing, groups={name: own for name, own in standing.groups.items() if name not in silent})
            scores = expected_scores("v5", topic, one.pairs(topic), as_read)
            for author in silent:
                assert differences(found.get((topic, author), []), scores.get(author)) == []
                differing += scores.get(author) != expected["v5"][number].get((topic, author))
    assert differing > 10


def test_the_communities_hold_what_v5_asks_about_people(told):
    """Circles of both kinds and pairs one partner short of them; groups; trust that is whole, divided, and none."""
    seen = Counter()
    for one in told.values():
        seen.update(_circles_and_groups(one.standing(OVERALL)))
        seen.update(_trust(one.standing(OVERALL)))
        seen["seeds that rest"] += sum(expires <= TONIGHT for expires in one.seeds.values())
    least = {"communities with mutual circles": 5, "communities with rings": 2}
    assert len(seen) == 12
    assert {what: count for what, count in seen.items() if count < least.get(what, 10)} == {}


def _circles_and_groups(standing: Standing) -> dict[str, int]:
    either = {frozenset(pair) for pair in standing.reacted}
    answered = {frozenset(pair) for pair in standing.reacted if pair[::-1] in standing.reacted}
    mutual, many = with_in_common(answered, MUTUAL_PARTNERS), with_in_common(either, PARTNERS)
    return {
        "communities with mutual circles": bool(mutual),
        "communities with rings": bool(many - mutual),
        "pairs a mutual partner short": len(with_in_common(answered, MUTUAL_PARTNERS - 1) - mutual),
        "pairs a partner short": len(with_in_common(either, PARTNERS - 1) - many),
        "pairs of one group and no circle": len(either & group_mates(standing.groups) - mutual - many),
        "members who reacted to nobody": len(members_who_reacted_to_nobody(standing)),
    }


def _trust(standing: Standing) -> dict[str, int]:
    trust = trust_of(standing.reacted, standing.seeds)
    named_by_seeds = {author for engager, author in standing.reacted if engager in standing.seeds}
    shares = {person: trust.get(person, 0.0) for person in standing.trusted - standing.seeds}
    return {
        "wholly trusted": sum(share == 1 for share in shares.values()),
        "partly trusted": sum(0 < share < 1 for share in shares.values()),
        "trusted by the second step alone": sum(share > 0 and person not in named_by_seeds for person, share in shares.items()),
        "listed as trusted, not reached": sum(share == 0 for share in shares.values()),
        "reached, not listed as trusted": len(trust.keys() - standing.trusted),
    }


BY_VERSION = {
    "v1": KINDS, "v2": (*KINDS, "actor_budget"), "v3": (*KINDS, "actor_budget", "coordination", "untrusted_cap"),
    "v4": tuple(TERM_FACTORS), "v5": (*KINDS, "actor_budget", "coordination", "own_circle", "untrusted_cap")}


@every_released_version
def test_the_scores_hold_every_line_of_the_version_on_several_networks_and_the_ceiling(scored, version):
    told = [rows for number in COMMUNITIES for rows in scored[version][("told", number)].values()]
    kinds = Counter(row["kind"] for rows in told for row in rows if row["points"])
    assert kinds.keys() == {*BY_VERSION[version], "ceiling"}
    assert min(kinds.values()) > 10
    assert sum(len({row["network"] for row in rows} - {"_all"}) > 1 for rows in told) > 50
