"""v5: nothing from one's own circle, trust divided by degree, x = T + C tanh(U / C) with C = 12 + 7 T."""

import random
from functools import partial
from itertools import combinations
from math import log2, tanh

import pytest

from jobs.scoring.registry import algorithm

approx = partial(pytest.approx, rel=0, abs=0.00005)
"""Scores are published to four digits."""

HEADER = "topic_id | author | engager | trusted | seed | group"


def score(x: float) -> float:
    """S on the easy scale, where 63 is a hundred."""
    return 1 + 99 * log2(1 + x) / 6


def said(author: str, engager: str, trusted: bool = False, seed: bool = False, group: str = "") -> str:
    """A printed reaction over all posts, where trust and circles are looked for; a seed is trusted."""
    return f"_overall | {author} | {engager} | {str(trusted or seed).lower()} | {str(seed).lower()} | {group}"


@pytest.fixture
def reacted(pairs):
    """Pairs from printed reactions, half a credit each."""
    return lambda *rows: pairs("\n".join([HEADER, *rows]))


def crowd(author: str, size: int) -> list[str]:
    return [said(author, f"{author}-{n}") for n in range(size)]


def ring(names: list[str], **marks) -> list[str]:
    """Everybody reacts to everybody."""
    return [said(author, engager, **marks) for author in names for engager in names if author != engager]


def test_a_crowd_that_nobody_knows_is_held_below_twelve(reacted, scored, lines):
    """U = 50 and C = 12: x = 12 tanh(50/12) = 11.9942; the first three people, 1.5 credits, keep 1.4922 of them."""
    told = reacted(*crowd("ann", 100), *crowd("bob", 1100), *crowd("cat", 3))
    assert scored("v5", told) == {
        "ann": approx(score(11.994237)), "bob": approx(score(12)), "cat": approx(score(1.492236))}
    assert lines("v5", told)["ann"][("net", "untrusted_cap")] < 0


def test_a_seed_raises_the_ceiling_by_seven_a_credit(reacted, scored):
    """T = 1/2, C = 15.5, U = 49.5."""
    told = reacted(*crowd("ann", 99), said("ann", "eve", seed=True))
    assert scored("v5", told)["ann"] == approx(score(0.5 + 15.5 * tanh(49.5 / 15.5)))


def named_by_two_seeds(author: str, count: int) -> list[str]:
    """Two bought seeds react once to each of so many accounts, and all of these to the author."""
    named = [f"{author}-{n}" for n in range(count)]
    return [*[said(name, f"{author}-{seed}", seed=True) for name in named for seed in ("s1", "s2")],
            *[said(author, name, trusted=True) for name in named]]


def test_two_seeds_give_the_trust_of_ten_however_many_they_name(reacted, scored):
    """Each gift is 10/d of a half: two of them are the share. Beyond ten, T is 10 * 1/2 and stays there."""
    shares = {4: 1.0, 10: 1.0, 20: 0.5, 200: 0.05}
    found = scored("v5", reacted(*[row for count in shares for row in named_by_two_seeds(f"ann{count}", count)]))
    for count, share in shares.items():
        trusted, untrusted = count * share / 2, count * (1 - share) / 2
        ceiling = 12 + 7 * trusted
        assert found[f"ann{count}"] == approx(score(trusted + ceiling * tanh(untrusted / ceiling)))


def test_trust_goes_two_steps_and_only_where_v3_trusts(reacted, scored):
    """Seeds trust bea and cal wholly, these dan; whom dan trusts is a third step. Where v3 does not trust dan, nobody does."""
    known = [*[said(name, seed, seed=True) for name in ("bea", "cal") for seed in ("s1", "s2")],
             *[said("dan", name, trusted=True) for name in ("bea", "cal")]]
    beyond = [said("far", "dan", trusted=True), said("eve", "far", trusted=True), said("gus", "dan")]
    found = scored("v5", reacted(*known, *beyond))
    assert {name: found[name] for name in ("far", "eve", "gus")} == {
        "far": approx(score(0.5)), "eve": approx(score(12 * tanh(0.5 / 12))), "gus": approx(score(12 * tanh(0.5 / 12)))}


def test_a_circle_of_unknown_accounts_gives_its_members_nothing(reacted, scored):
    """Six have four partners in common with each other, seven have five: a circle is to itself what one is to oneself."""
    small, circle, large = ([f"{size}-{n}" for n in range(size)] for size in (6, 7, 12))
    assert scored("v5", reacted(*ring(small), *ring(circle), *ring(large))) == dict.fromkeys(
        small, approx(score(12 * tanh(2.5 / 12))))


def test_a_circle_gives_its_members_nothing_even_where_it_is_trusted(reacted, scored, lines):
    """Seven seeds react to each other: six halves for nobody; ann, to whom all react from outside, keeps seven."""
    names = [f"r{n}" for n in range(7)]
    told = reacted(*ring(names, seed=True), *[said("ann", name, seed=True) for name in names], said("r0", "eve"))
    assert scored("v5", told) == {"r0": approx(score(12 * tanh(0.5 / 12))), "ann": approx(score(3.5))}
    x = 12 * tanh(0.5 / 12)
    points = (score(x) - 1) / x
    assert lines("v5", told)["r0"] == {
        ("net", "reply"): approx(points * 3.5), ("net", "own_circle"): approx(points * -3),
        ("net", "untrusted_cap"): approx(points * (x - 0.5))}


def test_a_coordinated_group_is_nothing_to_its_own_members_and_one_to_others(reacted, scored):
    """Answers S40: three accounts that act as one cannot make each other known; for ann they are one stranger."""
    names = ["g1", "g2", "g3"]
    told = reacted(*ring(names, group="g1"), *[said("ann", name, group="g1") for name in names])
    assert scored("v5", told) == {"ann": approx(score(12 * tanh(0.5 / 12)))}


def test_answering_a_few_fans_costs_nothing(reacted, scored):
    """Answers S43: ann answers all five who reacted to her, and is scored as before."""
    fans = [said("ann", f"fan-{n}") for n in range(5)]
    answered = [said(f"fan-{n}", "ann") for n in range(5)]
    assert scored("v5", reacted(*fans, *answered))["ann"] == scored("v5", reacted(*fans))["ann"]


def one_way(name: str, size: int) -> list[str]:
    """Everybody reacts to the half of the ring that comes after: nobody to each other, and all share all the others."""
    return [said(f"{name}-{(n + step) % size}", f"{name}-{n}") for n in range(size) for step in range(1, (size + 1) // 2)]


def test_a_large_ring_in_which_nobody_answers_is_a_circle_too(reacted, scored):
    """Of 37 members each two share 35 partners, of 35 only 33: the smaller ring keeps its 17 halves each, below the ceiling."""
    assert scored("v5", reacted(*one_way("large", 37), *one_way("small", 35))) == dict.fromkeys(
        [f"small-{n}" for n in range(35)], approx(score(12 * tanh(8.5 / 12))))


def close(edges: set, fewest: int) -> set:
    """Edges whose ends have so many partners in common, among those who have more."""
    partners = {}
    for a, b in edges:
        partners.setdefault(a, set()).add(b)
        partners.setdefault(b, set()).add(a)
    large = {name for name, others in partners.items() if len(others) > fewest}
    return {(a, b) for a, b in edges if {a, b} <= large and len(partners[a] & partners[b] & large) >= fewest}


def test_circles_are_those_of_the_definition(reacted):
    """Against plain sets, in a crowd of ninety with hubs: five mutual partners in common, or thirty-five of any kind."""
    dice = random.Random(5)
    people = [f"p{n:02}" for n in range(90)]
    mutual = {(a, b) for a, b in combinations(people, 2) if dice.random() < (0.9 if a < "p05" else 0.15)}
    answered = mutual | {(b, a) for a, b in mutual}
    one_sided = {(b, a) for a, b in combinations(people, 2) if (a, b) not in mutual and dice.random() < 0.55}
    by_answers, by_many = close(mutual, 5), close(mutual | {(b, a) for a, b in one_sided}, 35)
    circles = by_answers | by_many
    rows = algorithm("v5").credits(reacted(*[said(a, b) for a, b in sorted(answered | one_sided)])).where(
        "kind = 'own_circle'")
    found = {(row["author_person_id"], row["engager_person_id"]) for row in rows.collect()}
    assert by_answers - by_many
    assert by_many - by_answers
    assert 100 < len(circles) < len(mutual) + len(one_sided)
    assert found == (circles | {(b, a) for a, b in circles}) & (answered | one_sided)


@pytest.fixture
def mixed(reacted):
    """Random reactions among forty people, some seeds, some trusted, some in groups."""
    dice = random.Random(7)
    marks = {f"e{n:02}": {"trusted": n % 3 == 0, "seed": n % 12 == 0, "group": "g" if n % 7 == 1 else ""} for n in range(40)}
    chosen = {(dice.choice(list(marks)), dice.choice(list(marks))) for _ in range(700)}
    return reacted(*[said(a, b, **marks[b]) for a, b in sorted(chosen) if a != b])


def test_nobody_is_scored_higher_than_in_v2_and_lines_sum(mixed, lines, scored):
    """Nothing is added to v2: what v5 changes are discounts."""
    bounded, unbounded = scored("v5", mixed), scored("v2", mixed)
    assert all(bounded.get(author, 1) <= unbounded[author] for author in unbounded)
    taken_apart = lines("v5", mixed)
    for author, points in taken_apart.items():
        assert sum(points.values()) == approx(bounded[author] - 1)
    assert {kind for points in taken_apart.values() for _, kind in points} >= {"untrusted_cap", "coordination", "own_circle"}


def test_the_order_of_the_rows_moves_no_digit(spark, mixed, lines):
    rows = mixed.toArrow()
    shuffled = random.Random(1).sample(range(rows.num_rows), rows.num_rows)
    again = spark.createDataFrame(rows.take(shuffled)).repartition(5)
    assert lines("v5", again) == lines("v5", mixed)
