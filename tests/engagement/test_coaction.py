"""Who acts together: the pairs of the published definition, crowds that stay apart, groups that are found whole."""

import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations

import pyarrow as pa
import pytest

from jobs.engagement import coaction
from jobs.engagement.coaction import coactions, coordinated_groups, folded_coactions, timed_interactions

SAMPLE = """
    object_id | account_id | content_id | timestamp_share:bigint
    o1        | ann        | c01        | 1000
    o1        | bob        | c02        | 1010
    o1        | cat        | c03        | 1011
    o1        | eve        | c04        | 1060
    o1        | eve        | c05        | 1061
    o2        | ann        | c06        | 2005
    o2        | bob        | c07        | 2000
    o2        | cat        | c08        | 2009
    o3        | ann        | c09        | 3000
    o3        | bob        | c10        | 3000
    o3        | bob        | c11        | 3004
    o3        | cat        | c12        | 3500
    o3        | dan        | c13        | 3490
    o4        | ann        | c14        | 4019
    o4        | bob        | c15        | 4009
    o4        | dan        | c16        | 4070
    o5        | ann        | c17        | 5000
    o5        | bob        | c18        | 5001
    o5        | cat        | c19        | 5060
    o5        | dan        | c20        | 5050
    o6        | cat        | c21        | 6000
    o6        | dan        | c22        | 6010
    o6        | cat        | c23        | 6400
    o7        | cat        | c24        | 7000
    o7        | dan        | c25        | 7000
    o8        | cat        | c26        | 8000
    o8        | dan        | c27        | 8008
    o9        | eve        | c28        | 9000
"""
"""Made up, in the columns of CooRTweet's data sets. ann and bob share five objects within 10 s, cat and dan five."""

EDGES_AT_10_SECONDS = """
    account_id | partner_account_id | coaction_count:bigint
    ann        | bob                | 5
    ann        | cat                | 1
    bob        | cat                | 2
    cat        | dan                | 5
"""


def detect_groups(rows, time_window: int, min_participation: int):
    """CooRTweet's detect_groups in plain Python over all pairs of contents: the reference, from its documentation."""
    contents: dict = defaultdict(int)
    for _, account, _, _ in rows:
        contents[account] += 1
    rows = [row for row in rows if contents[row[1]] >= min_participation]
    result = [(one, other) for one, other in combinations(rows, 2)
              if one[0] == other[0] and one[1] != other[1] and abs(one[3] - other[3]) <= time_window]
    acted = {row for pair in result for row in pair}
    participation: dict = defaultdict(int)
    for _, account, _, _ in acted:
        participation[account] += 1
    return [pair for pair in result if any(participation[row[1]] >= min_participation for row in pair)]


def edges(detected) -> dict:
    """Objects per pair of accounts."""
    objects: dict = defaultdict(set)
    for one, other in detected:
        objects[tuple(sorted((one[1], other[1])))].add(one[0])
    return {pair: len(shared) for pair, shared in objects.items()}


def interactions(frame):
    return frame.selectExpr("'net' AS network", "account_id AS engager_account_id", "object_id AS post_id",
                            "timestamp_seconds(timestamp_share) AS interacted_at")


def acted(spark, rows):
    """Interactions from (post, account, second)."""
    posts, accounts, seconds = zip(*rows, strict=True)
    return spark.createDataFrame(pa.table({
        "network": ["net"] * len(rows), "engager_account_id": accounts, "post_id": posts,
        "interacted_at": pa.array([second * 1_000_000 for second in seconds], pa.timestamp("us", "UTC")),
    }))


def by_pair(frame) -> dict:
    return {(row["account_id"], row["partner_account_id"]): row["coaction_count"] for row in frame.collect()}


def groups(frame) -> dict:
    """Members by group."""
    members: dict = defaultdict(set)
    for row in coordinated_groups(frame).collect():
        members[row["group_id"]].add(row["account_id"])
    return dict(members)


def test_the_sample_has_the_edges_of_the_published_definition(table):
    sample = table(SAMPLE)
    rows = [tuple(row) for row in sample.collect()]
    found = by_pair(coactions(interactions(sample), time_window=10))
    assert found == by_pair(table(EDGES_AT_10_SECONDS)) == edges(detect_groups(rows, 10, 1))


@pytest.mark.parametrize("time_window", [0, 1, 10, 60])
def test_pairs_across_bucket_borders_and_busy_accounts_agree_with_all_pairs_of_contents(spark, time_window):
    dice = random.Random(time_window)
    rows = [(f"o{dice.randrange(9)}", f"a{dice.randrange(12)}", str(i), 1_893_456_000 + dice.randrange(600))
            for i in range(500)]
    frame = acted(spark, [(post, account, second) for post, account, _, second in rows])
    assert by_pair(coactions(frame, time_window)) == edges(detect_groups(rows, time_window, 1))


@pytest.mark.parametrize(("time_window", "min_participation"), [(10, 5), (10, 2), (60, 5)])
def test_proven_pairs_are_those_edges_of_detect_groups_that_reach_min_participation(
        table, time_window, min_participation):
    sample = table(SAMPLE)
    rows = [tuple(row) for row in sample.collect()]
    published = edges(detect_groups(rows, time_window, min_participation))
    proven = {pair: count for pair, count in published.items() if count >= min_participation}
    found = coactions(interactions(sample), time_window)
    assert {pair: n for pair, n in by_pair(found).items() if n >= min_participation} == proven
    grouped = {row["account_id"] for row in coordinated_groups(found, min_participation).collect()}
    assert grouped == {account for pair in proven for account in pair} != set()


def test_rows_without_account_post_or_moment_are_nobodys(table):
    frame = table("""
        network | engager_account_id | post_id | interacted_at:timestamp
        net     | ann                | p       | 2030-01-01 00:00:00
        net     |                    | p       | 2030-01-01 00:00:00
        net     | bob                |         | 2030-01-01 00:00:00
        net     | cat                | p       |
        other   | dan                | p       | 2030-01-01 00:00:00
    """)
    assert by_pair(coactions(frame)) == {}


def test_kinds_that_carry_only_the_day_are_left_out(table):
    frame = table("""
        network | kind  | engager_account_id | interacted_at:timestamp
        stack   | like  | ann                | 2030-01-01 00:00:00
        stack   | like  | bob                | 2030-01-01 00:00:00
        stack   | reply | ann                | 2030-01-01 00:00:01
        bird    | like  | ann                | 2030-01-01 00:00:00
        bird    | like  | bob                | 2030-01-01 12:00:00
    """)
    kept = sorted((row["network"], row["kind"], row["engager_account_id"]) for row in timed_interactions(frame).collect())
    assert kept == [("bird", "like", "ann"), ("bird", "like", "bob"), ("stack", "reply", "ann")]


START, CROWD, TROOP, POSTS = 1_893_456_030, 5_000, 200, 600
VIRAL = [f"viral{number}" for number in range(6)]


def honest_crowd(dice, size=CROWD):
    """Each reacts to one viral post and to five of POSTS others, all within a minute of everybody else there."""
    for number in range(size):
        for post in [dice.choice(VIRAL), *(f"p{chosen}" for chosen in dice.sample(range(POSTS), 5))]:
            yield post, f"honest{number}", START + dice.randrange(coaction.TIME_WINDOW_SECONDS)


def troop(dice, name, size, posts, camouflage=0):
    for number in range(size):
        for post in [*posts, *(f"p{chosen}" for chosen in dice.sample(range(POSTS), camouflage))]:
            yield post, f"{name}{number}", START + dice.randrange(coaction.TIME_WINDOW_SECONDS)


def test_a_viral_crowd_is_no_group(spark):
    found = coactions(acted(spark, list(honest_crowd(random.Random(1)))))
    assert found.count() > CROWD
    assert groups(found) == {}


def test_a_crowd_may_hide_a_pair_but_never_invents_one(spark):
    dice = random.Random(4)
    rows = [(f"o{number % 3}", f"a{dice.randrange(150)}", str(number), START + dice.randrange(240))
            for number in range(600)]
    true = edges(detect_groups(rows, coaction.TIME_WINDOW_SECONDS, 1))
    found = by_pair(coactions(acted(spark, [(post, account, second) for post, account, _, second in rows])))
    assert 0 < len(found) < len(true)
    assert all(count <= true[pair] for pair, count in found.items())


@pytest.mark.parametrize("camouflage", [0, 12])
def test_a_troop_inside_the_viral_crowds_is_one_group(spark, camouflage):
    """200 accounts share only posts on which about 800 others act in the same minute, some of them among many others."""
    dice = random.Random(2)
    rows = [*honest_crowd(dice), *troop(dice, "bought", TROOP, VIRAL, camouflage)]
    (found,) = groups(coactions(acted(spark, rows))).values()
    true = {account for account in found if account.startswith("bought")}
    assert len(true) / TROOP >= 0.95
    assert len(true) / len(found) >= 0.95


def test_two_troops_stay_apart_and_the_order_of_rows_does_not_matter(spark):
    dice = random.Random(3)
    rows = [*honest_crowd(dice, 500), *troop(dice, "left", 60, [f"p{n}" for n in range(6)]),
            *troop(dice, "right", 60, [f"p{n}" for n in range(4, 10)])]
    found = groups(coactions(acted(spark, rows)))
    assert found == {f"{name}0": {f"{name}{n}" for n in range(60)} for name in ("left", "right")}
    assert groups(coactions(acted(spark, dice.sample(rows, len(rows))))) == found


def test_a_group_is_named_by_its_smallest_account_and_counted_per_network(table):
    state = table("""
        network | account_id | partner_account_id | coaction_count:bigint
        net     | b          | c                  | 5
        net     | a          | c                  | 9
        net     | x          | y                  | 6
        net     | c          | x                  | 4
        other   | a          | x                  | 5
    """)
    found = {tuple(row) for row in coordinated_groups(state).collect()}
    assert found == {("net", "a", "a", 3), ("net", "b", "a", 3), ("net", "c", "a", 3), ("net", "x", "x", 2),
                     ("net", "y", "x", 2), ("other", "a", "a", 2), ("other", "x", "a", 2)}
    assert coordinated_groups(state.where("false")).collect() == []


def test_counts_add_up_and_pairs_are_forgotten(table):
    today = date(2030, 6, 1)

    def ago(days):
        return (today - timedelta(days=days)).isoformat()

    earlier = table(f"""
        network | account_id | partner_account_id | coaction_count:bigint | last_coacted_date:date
        net     | a          | b                  | {coaction.MIN_PARTICIPATION - 1} | {ago(coaction.FORGET_UNPROVEN_DAYS)}
        net     | a          | c                  | {coaction.MIN_PARTICIPATION - 1} | {ago(coaction.FORGET_UNPROVEN_DAYS + 1)}
        net     | a          | d                  | {coaction.MIN_PARTICIPATION}   | {ago(coaction.FORGET_DAYS)}
        net     | a          | e                  | {coaction.MIN_PARTICIPATION}   | {ago(coaction.FORGET_DAYS + 1)}
    """)
    day = table("""
        network | account_id | partner_account_id | coaction_count:bigint
        net     | a          | b                  | 2
        net     | a          | e                  | 1
    """)
    found = {(row["partner_account_id"], row["coaction_count"], row["last_coacted_date"], row["snapshot_date"])
             for row in folded_coactions(earlier, day, today).collect()}
    assert found == {("b", coaction.MIN_PARTICIPATION + 1, today, today), ("e", 1, today, today),
                     ("d", coaction.MIN_PARTICIPATION, today - timedelta(days=coaction.FORGET_DAYS), today)}
