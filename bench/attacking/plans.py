"""The attacks: who reacts to whose posts, how often and when. One statement each, over the same few tables.

Tables of a plan: target (account, place), attack_day (day, number), honest_action (day, number, actions, author,
post_id, interacted_at), and (account, place) of victim, seed and named. `{size}` is how many accounts attack.
"""

from dataclasses import dataclass

TARGETS = 3
"""Targets of most families, all near the median: one person's audience decides nothing. The costly ones have one."""

CAPTORS = 12
"""Accounts that a capture tries to bring among the seeds."""

EVERY_DAY = "true"
WEEKLY = "d.number % 7 = 0"
ONE_DAY = "d.number = 0"
WEEKLY_FORWARD = "d.number % 7 = 0 AND ({author} - {engager} + {{size}}) % {{size}} < {{size}} // 2"
"""Once a week, to the half of the ring that comes after oneself: nobody reacts to each other."""

_SYBIL = "$family || ':' || t.place || ':' || r.number"
_POST = "':' || d.day"

_SYBILS = """
SELECT {sybil} AS engager, t.account AS author, t.account || {post} || ':' || n.nth AS post_id, d.day,
       NULL AS interacted_at
FROM target t, range({{size}}) AS r(number), range({actions}) AS n(nth), attack_day d WHERE {days}
"""

_RING = """
SELECT m.account AS engager, t.account AS author, t.account || {post} AS post_id, d.day, NULL AS interacted_at
FROM target t, target m, attack_day d WHERE t.place < {{size}} AND m.place < {{size}} AND m.place <> t.place AND {days}
"""

_NEW_RING = """
SELECT {sybil} AS engager, $family || ':' || t.place || ':' || o.number AS author,
       $family || ':' || t.place || ':' || o.number || {post} AS post_id, d.day, NULL AS interacted_at
FROM target t, range({{size}}) AS r(number), range({{size}}) AS o(number), attack_day d
WHERE r.number <> o.number AND {days}
"""

_CAMOUFLAGE = """
UNION ALL
SELECT m.account, h.author, h.post_id, d.day, h.interacted_at + to_seconds(hash(m.account, h.post_id) % 60)
FROM target m, attack_day d, range({{size}} - 1) AS r(number), honest_action h
WHERE m.place < {{size}} AND h.day = d.day AND h.author <> m.account AND {days}
  AND h.number = hash(m.account, d.day, r.number) % h.actions
"""

_HELPERS = """
SELECT s.account AS engager, t.account AS author, t.account || {post} AS post_id, d.day, NULL AS interacted_at
FROM target t, {helper} s, attack_day d WHERE {who} AND {days}
"""

_DOORS = """
SELECT s.account AS engager, {sybil} AS author, {sybil} || {post} AS post_id, d.day, NULL AS interacted_at
FROM target t, {helper} s, range({{size}}) AS r(number), attack_day d WHERE {who} AND {days}
"""

_CAPTURE = """
UNION ALL
SELECT {sybil}, $family || ':captor:' || c.number, $family || ':captor:' || c.number || {post}, d.day, NULL
FROM target t, range({{size}}) AS r(number), range({captors}) AS c(number), attack_day d
UNION ALL
SELECT $family || ':captor:' || c.number, t.account, t.account || {post}, d.day, NULL
FROM target t, range({captors}) AS c(number), attack_day d
UNION ALL
SELECT $family || ':captor:' || r.number % {captors}, {sybil}, {sybil} || {post}, d.day, NULL
FROM target t, range({{size}}) AS r(number), attack_day d WHERE d.number = 0
"""


@dataclass(frozen=True)
class Family:
    """One kind of attack, in three sizes.

    spread_seconds: how far apart the accounts act on one post. targets: people that are to gain. in_topic: whether
    the reactions also count in one topic.
    """

    name: str
    what: str
    sizes: tuple[int, int, int]
    sql: str
    spread_seconds: int
    kind: str = "reshare"
    targets: int = TARGETS
    in_topic: bool = False


SCRIPT_SECONDS = 45
"""A script that does not hide: all accounts within a minute."""

DAY_SECONDS = 86_400
"""Accounts that act at a moment of their own, anywhere in the day: no time window finds them."""


def _said(sql: str, **words) -> str:
    return sql.format(**{"sybil": _SYBIL, "post": _POST, "days": EVERY_DAY, "actions": 1, "captors": CAPTORS, **words})


_ONE = "s.place = 0"

BY_NEW_ACCOUNTS = (
    Family("sybils, script", "new accounts react daily to the target within a minute", (10, 100, 1000),
           _said(_SYBILS), SCRIPT_SECONDS, targets=1),
    Family("sybils, spread", "new accounts react daily to the target, each at its own time", (10, 100, 1000),
           _said(_SYBILS), DAY_SECONDS),
    Family("sybils, ten a day", "as before, ten reactions a day each", (10, 100, 1000),
           _said(_SYBILS, actions=10), DAY_SECONDS, targets=1),
    Family("slow drip", "new accounts react every ninth day, each on its own days and times", (10, 100, 1000),
           _said(_SYBILS, days="(d.number + r.number) % 9 = 0"), DAY_SECONDS),
    Family("bought reactions", "one reaction of each account on one day", (10, 100, 1000),
           _said(_SYBILS, days=ONE_DAY), DAY_SECONDS),
    Family("bought follows", "one follow of each account", (10, 100, 1000),
           _said(_SYBILS, days=ONE_DAY), DAY_SECONDS, kind="follow"),
    Family("topic lobbing", "new accounts react daily to the target about one topic", (10, 100, 1000),
           _said(_SYBILS), DAY_SECONDS, in_topic=True),
    Family("new ring, script", "the same among new accounts, within a minute", (10, 40, 120),
           _said(_NEW_RING, days=WEEKLY), SCRIPT_SECONDS, targets=1),
    Family("new ring, by hand", "the same among new accounts, each at its own time", (10, 40, 120),
           _said(_NEW_RING, days=WEEKLY), DAY_SECONDS, targets=1),
    Family("new ring, one way", "by hand, each new account to the half of the ring after it: no two to each other",
           (10, 40, 120), _said(_NEW_RING, days=WEEKLY_FORWARD.format(author="o.number", engager="r.number")),
           DAY_SECONDS, targets=1),
    Family("bought seeds", "trust seeds react daily to the target", (1, 3, 9),
           _said(_HELPERS, helper="seed", who="s.place < {size}"), DAY_SECONDS),
    Family("bought seed and sybils", "one seed reacts daily to the target, and spread sybils do", (10, 100, 1000),
           _said(_SYBILS + "UNION ALL" + _HELPERS, helper="seed", who=_ONE), DAY_SECONDS, targets=1),
    Family("bought seed opens doors", "one seed reacts once to each sybil, and these daily to the target",
           (10, 100, 1000),
           _said(_SYBILS) + "UNION ALL" + _said(_DOORS, helper="seed", who=_ONE, days=ONE_DAY), DAY_SECONDS,
           targets=1),
    Family("bought people open doors", "two people whom most seeds know react once to each sybil, and these daily to "
           "the target", (10, 100, 1000),
           _said(_SYBILS) + "UNION ALL" + _said(_DOORS, helper="named", who="s.place < 2", days=ONE_DAY), DAY_SECONDS,
           targets=1),
    Family("two bought seeds open doors", "the same with two seeds", (10, 100, 1000),
           _said(_SYBILS) + "UNION ALL" + _said(_DOORS, helper="seed", who="s.place < 2", days=ONE_DAY), DAY_SECONDS,
           targets=1),
)
"""In one world together: what they do meets nobody but their own target."""

BY_KNOWN_ACCOUNTS = (
    Family("ring, script", "known accounts react to each other's posts within a minute, once a week",
           (10, 40, 120), _said(_RING, days=WEEKLY), SCRIPT_SECONDS, targets=120),
    Family("ring, camouflaged", "as before, and as many reactions to honest posts", (10, 40, 120),
           _said(_RING + _CAMOUFLAGE, days=WEEKLY), SCRIPT_SECONDS, targets=120),
    Family("ring, by hand", "known accounts react to each other once a week, each at its own time", (10, 40, 120),
           _said(_RING, days=WEEKLY), DAY_SECONDS, targets=120),
    Family("ring, one way", "by hand, each known account to the half of the ring after it: no two to each other",
           (10, 40, 120), _said(_RING, days=WEEKLY_FORWARD.format(author="t.place", engager="m.place")), DAY_SECONDS,
           targets=120),
    Family("hijacked accounts", "honest accounts react to the target for a week, by a script", (5, 20, 80),
           _said(_HELPERS, helper="victim", who="s.place < {size}", days="d.number < 7"), SCRIPT_SECONDS),
)
"""Each in a world of its own: what its members do to their other neighbours is part of the attack."""

CAPTURE = Family(
    "seed capture", "from the first day, sybils make twelve accounts well known; drawn as seeds, these name the "
    "sybils and the target", (10, 100, 1000), _said(_SYBILS + _CAPTURE), DAY_SECONDS, targets=1)

FAMILIES = (*BY_NEW_ACCOUNTS, *BY_KNOWN_ACCOUNTS, CAPTURE)
