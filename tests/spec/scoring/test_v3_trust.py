"""v3 trust-bounded: x = T + C (1 - e^(-U/C)), C = 20 + 7 T. S = 1 + 99 * log2(1 + x) / 6."""

import random
from functools import partial
from math import exp, log2

import pytest

from jobs.scoring.people import with_marks

approx = partial(pytest.approx, rel=0, abs=0.00005)
"""Scores are published to four digits."""


def score(x: float) -> float:
    """S on the easy scale, where 63 is a hundred."""
    return 1 + 99 * log2(1 + x) / 6


def crowd_of(author: str, size: int, **said) -> str:
    """A printed table of so many engagers with one reaction each, half a credit."""
    header = " | ".join(["author", "engager", *said])
    return "\n".join([header, *[" | ".join([author, f"{author}-{n}", *map(str, said.values())]) for n in range(size)]])


def test_a_crowd_that_nobody_knows_is_held_below_twenty(pairs, lines, scored):
    """U = 100 * 1/2 = 50 and C = 20: x = 20 (1 - e^-2.5) = 18.3583; a thousand more gain 1.64 credits, not 500."""
    hundred, thousand = pairs(crowd_of("ann", 100)), pairs(crowd_of("bob", 1100))
    found = lines("v3", hundred)["ann"]
    x, height = 18.358300, score(18.358300) - 1
    assert found == {("net", "reply"): approx(height * 50 / x), ("net", "untrusted_cap"): approx(height * (x - 50) / x)}
    assert found[("net", "untrusted_cap")] < 0
    assert scored("v3", hundred.unionByName(thousand)) == {
        "ann": approx(score(20 * (1 - exp(-2.5)))), "bob": approx(score(20))}
    assert scored("v2", hundred)["ann"] == approx(score(50))


def test_the_first_untrusted_credits_count_almost_in_full(pairs, scored):
    """Three people, 1.5 credits: 20 (1 - e^-0.075) = 1.4451."""
    assert scored("v3", pairs(crowd_of("ann", 3)))["ann"] == approx(score(1.445130))


def test_one_trusted_engager_raises_the_ceiling_by_seven_a_credit(pairs, scored):
    """T = 1/2, so C = 23.5; of 49.5 untrusted credits 23.5 (1 - e^-2.1064) = 20.6406 are kept."""
    known = pairs(crowd_of("ann", 99)).unionByName(pairs("author | engager | trusted\nann | eve | true"))
    assert scored("v3", known)["ann"] == approx(score(0.5 + 20.640584))


def test_trusted_credit_has_no_ceiling(pairs, lines, scored):
    trusted = pairs(crowd_of("ann", 60, trusted="true"))
    assert scored("v3", trusted) == scored("v2", trusted) == {"ann": approx(score(30))}
    assert list(lines("v3", trusted)["ann"]) == [("net", "reply")]


def test_trust_on_one_network_raises_the_ceiling_on_the_other(pairs, lines, scored):
    """C = 20 + 7 * 1/2 = 23.5 on both; the untrusted forty on the wire are 20 credits: 23.5 (1 - e^(-20/23.5)) = 13.47."""
    told = pairs(crowd_of("ann", 40, network="wire")).unionByName(
        pairs("author | engager | network | trusted\nann | eve | forum | true"))
    assert scored("v3", told)["ann"] == approx(score(((23.5 * (1 - exp(-20 / 23.5))) ** 3 + 0.5**3) ** (1 / 3)))
    assert ("forum", "untrusted_cap") not in lines("v3", told)["ann"]


def test_a_group_counts_as_one_at_each_author_it_reacts_to(pairs, lines, scored):
    """Four of a group, all trusted, give 4 * 1/2 / 4 = 1/2 to ann; to bob, whom one of them knows, the whole half."""
    group = pairs("""
        author | engager | trusted | group
        ann    | g1      | true    | g1
        ann    | g2      | true    | g1
        ann    | g3      | true    | g1
        ann    | g4      | true    | g1
        bob    | g4      | true    | g1
    """)
    height = score(0.5) - 1
    assert lines("v3", group)["ann"] == {
        ("net", "reply"): approx(height * 2 / 0.5), ("net", "coordination"): approx(height * -1.5 / 0.5)}
    assert scored("v3", group) == {"ann": approx(score(0.5)), "bob": approx(score(0.5))}


def test_two_groups_and_one_outside_count_as_three(pairs, scored):
    told = pairs("""
        author | engager | trusted | group
        ann    | a1      | true    | a
        ann    | a2      | true    | a
        ann    | b1      | true    | b
        ann    | b2      | true    | b
        ann    | c       | true    |
    """)
    assert scored("v3", told)["ann"] == approx(score(1.5))


def test_groups_of_two_networks_stay_apart_though_their_smallest_accounts_have_one_name(spark, pairs, table):
    """Account ids are unique within a network only: 17 of the forum and 17 of the wire lead two groups."""
    nobody = spark.createDataFrame([], "network string, topic_id string, account_id string")
    groups = table("""
        network | account_id | group_id
        forum   | 17         | 17
        forum   | 18         | 17
        wire    | 17         | 17
        wire    | 18         | 17
    """)
    links = spark.createDataFrame([], "network string, account_id string, person_id string")
    told = pairs("author | engager\nann | forum:18\nann | wire:18").drop(
        "engager_is_trusted", "engager_is_seed", "engager_group_id")
    seeds = spark.createDataFrame([], "snapshot_date date, network string, account_id string, expires_date date")
    marked = with_marks(told, nobody, seeds, groups, links)
    assert marked.select("engager_group_id").distinct().count() == 2


def test_a_member_in_two_kinds_is_one_member(pairs, scored):
    """g1 liked and replied: m = 2, 2/3; g2 replied: 1/2. The group gives 1/3 + 1/4."""
    told = pairs("""
        author | engager | kind  | trusted | group
        ann    | g1      | like  | true    | g
        ann    | g1      | reply | true    | g
        ann    | g2      | reply | true    | g
    """)
    assert scored("v3", told)["ann"] == approx(score(1 / 3 + 1 / 4))


def test_the_budget_of_an_engager_binds_before_the_group_is_shared(pairs, lines):
    """Eve gives 3/4 * 50/75 = 1/2 to each of a hundred; of a group of two at author-000, a quarter."""
    rows = [f"author-{n:03}|eve|3|true|g" for n in range(100)]
    told = pairs("\n".join(["author|engager|reactions|trusted|group", *rows, "author-000|flo|1|true|g"]))
    height = score(0.5) - 1
    assert lines("v3", told)["author-000"] == {
        ("net", "reply"): approx(height * 1.25 / 0.5), ("net", "actor_budget"): approx(height * -0.25 / 0.5),
        ("net", "coordination"): approx(height * -0.5 / 0.5)}


@pytest.fixture
def mixed(pairs):
    """Two hundred random pairs, some trusted, some in groups, on three networks."""
    dice = random.Random(7)
    rows = {(dice.choice("abcdef"), f"e{dice.randrange(40)}"): (
        dice.choice(("forum", "wire", "list")), dice.choice(("like", "reply")), dice.randint(1, 9)) for _ in range(200)}
    printed = [f"{author}|{engager}|{network}|{kind}|{count}|{int(engager[1:]) % 5 == 0}|{'g' if int(engager[1:]) % 7 == 0 else ''}"
               for (author, engager), (network, kind, count) in rows.items()]
    return pairs("\n".join(["author|engager|network|kind|reactions|trusted|group", *printed]))


def test_nobody_is_scored_higher_than_in_v2_and_lines_sum(mixed, lines, scored):
    """Nothing is added to v2: what v3 changes are discounts."""
    bounded, unbounded = scored("v3", mixed), scored("v2", mixed)
    assert bounded.keys() == unbounded.keys()
    assert all(bounded[author] <= unbounded[author] for author in bounded)
    assert any(bounded[author] < unbounded[author] for author in bounded)
    for author, points in lines("v3", mixed).items():
        assert sum(points.values()) == approx(bounded[author] - 1)
        assert {kind for _, kind in points} >= {"untrusted_cap", "coordination"}


def test_the_order_of_the_rows_moves_no_digit(spark, mixed, lines):
    rows = mixed.toArrow()
    shuffled = random.Random(1).sample(range(rows.num_rows), rows.num_rows)
    again = spark.createDataFrame(rows.take(shuffled)).repartition(5)
    assert lines("v3", again) == lines("v3", mixed)
