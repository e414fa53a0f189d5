"""A simulated population of accounts on four networks, and what it does night by night.

Every rate is our choice and is written down here; relations between gates hold, field rates do not follow.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

NETWORKS = ("north", "east", "south", "west")
NETWORK_SHARES = (0.45, 0.25, 0.18, 0.12)
"""Of the accounts; the smallest feed is the hardest to watch."""

TOPICS = 10
ACCOUNTS = 4000
LINKED_SHARE = 0.2
"""Of the accounts outside the first network: the same person has one in the first."""

RATE_MEDIAN, RATE_SPREAD = 1.2, 1.1
"""Reactions a night per account: median and log-normal spread."""

SECOND_TOPIC_SHARE = 0.3
NIGHTLY_SHAPE = 2.0
"""Gamma shape of an account's own nights: its rate varies by 71 % from night to night."""

WEEKEND = (1.0, 1.02, 1.03, 1.0, 0.95, 0.75, 0.8)
HOLIDAYS_A_YEAR, HOLIDAY_LOW, HOLIDAY_HIGH = 10, 0.55, 0.85
EVENTS_A_YEAR, EVENT_FACTOR, EVENT_DAYS = 6, 1.6, (1, 2, 3)
"""Legitimate surges: one cohort, a topic or a network, +60 % for one to three days (gate-evidence section 11)."""

YEARLY_GROWTH = 0.15
NETWORK_NOISE, TOPIC_NOISE, MEMORY = 0.05, 0.08, 0.6
"""Standard deviation of the logarithm, and the share of it that lasts to the next day."""

VIRAL_A_NIGHT, VIRAL_SHAPE, VIRAL_SIZE, VIRAL_MOST = 3.0, 1.3, 15.0, 1500
"""Posts that go viral: how many, Pareto shape and smallest size of their reactions, and the largest."""

ANONYMOUS_SHARE = 0.05
DAY = 86_400
NOON = (0.60, 0.52, 0.70, 0.45)
"""Where in the day each network is busiest, as a share of it; the spread is 0.16 of a day."""


@dataclass
class Rows:
    """One feed's reactions of a night, column by column; engager -1 is an unknown one; second counts from midnight."""

    interaction_id: np.ndarray
    author: np.ndarray
    engager: np.ndarray
    topic: np.ndarray
    second: np.ndarray
    interaction_count: np.ndarray

    def __len__(self) -> int:
        return len(self.interaction_id)

    def taken(self, index: np.ndarray) -> "Rows":
        """The rows at an index or under a mask."""
        return Rows(*(column[index] for column in self.columns()))

    def columns(self) -> tuple[np.ndarray, ...]:
        """The columns, in the order of the contract."""
        return (self.interaction_id, self.author, self.engager, self.topic, self.second, self.interaction_count)


def joined(parts: list[Rows]) -> Rows:
    """Rows one after another."""
    return Rows(*(np.concatenate(columns) for columns in zip(*(part.columns() for part in parts), strict=True)))


class World:
    """One seed's population and its days; nights must be asked for in order."""

    def __init__(self, seed: int, days: int):
        """Draw the population and what happens on each day."""
        self.days = days
        self._random = np.random.default_rng(seed)
        self._draw_accounts()
        self._draw_days()

    def _draw_accounts(self) -> None:
        random = self._random
        self.network = np.sort(random.choice(len(NETWORKS), ACCOUNTS, p=NETWORK_SHARES))
        self.rate = RATE_MEDIAN * random.lognormal(0, RATE_SPREAD, ACCOUNTS)
        self.joined_day = np.where(random.random(ACCOUNTS) < 0.8, -1, random.integers(0, self.days, ACCOUNTS))
        self.main_topic, self.second_topic = random.integers(0, TOPICS, (2, ACCOUNTS))
        self.created_at = random.integers(1_000_000_000, 1_700_000_000, ACCOUNTS)
        self.person = np.arange(ACCOUNTS)
        first, others = np.flatnonzero(self.network == 0), np.flatnonzero(self.network > 0)
        linked = random.choice(others, int(LINKED_SHARE * len(others)), replace=False)
        self.person[linked] = random.choice(first, len(linked), replace=False)
        self.listed = np.sort(random.choice(ACCOUNTS, ACCOUNTS // 50, replace=False))
        self.rate[self.listed] = 0.0

    def _draw_days(self) -> None:
        random, days = self._random, self.days
        years = days / 365
        self.holiday = np.ones(days)
        of_year = random.choice(365, HOLIDAYS_A_YEAR, replace=False)
        for day in of_year:
            self.holiday[day::365] = random.uniform(HOLIDAY_LOW, HOLIDAY_HIGH)
        self.event, self.network_event = np.ones((days, TOPICS)), np.ones((days, len(NETWORKS)))
        for start in random.integers(0, days, int(EVENTS_A_YEAR * years)):
            self._draw_event(slice(start, start + random.choice(EVENT_DAYS)))
        self.network_level = np.exp(_wander(random, days, len(NETWORKS), NETWORK_NOISE))
        self.topic_level = np.exp(_wander(random, days, TOPICS, TOPIC_NOISE))

    def _draw_event(self, when: slice) -> None:
        cohort = self._random.integers(TOPICS + len(NETWORKS))
        if cohort < TOPICS:
            self.event[when, cohort] = EVENT_FACTOR
        else:
            self.network_event[when, cohort - TOPICS] = EVENT_FACTOR

    @cached_property
    def _engager_reach(self) -> np.ndarray:
        weight = self._random.pareto(1.5, ACCOUNTS) + 0.2
        return np.cumsum(weight) / weight.sum()

    def night(self, day: int) -> dict[str, Rows]:
        """The reactions of a night, by network."""
        random = self._random
        alive = (self.joined_day <= day) * self.rate * random.gamma(NIGHTLY_SHAPE, 1 / NIGHTLY_SHAPE, ACCOUNTS)
        second = random.random(ACCOUNTS) < SECOND_TOPIC_SHARE
        topic = np.where(second, self.second_topic, self.main_topic)
        of_network = (self.network_level[day] * self.network_event[day])[self.network]
        level = of_network * (self.topic_level[day] * self.event[day])[topic]
        factor = WEEKEND[day % 7] * self.holiday[day] * np.exp(np.log1p(YEARLY_GROWTH) * day / 365)
        count = random.poisson(alive * level * factor)
        viral = self._viral(day)
        rows = self._rows(np.concatenate([np.repeat(np.arange(ACCOUNTS), count), viral]), topic, day)
        bounds = np.searchsorted(self.network[rows.author], np.arange(len(NETWORKS) + 1))
        return {name: rows.taken(slice(bounds[i], bounds[i + 1])) for i, name in enumerate(NETWORKS)}

    def _viral(self, day: int) -> np.ndarray:
        known = np.flatnonzero((self.joined_day <= day) & (self.rate > 0))
        authors = self._random.choice(known, self._random.poisson(VIRAL_A_NIGHT))
        sizes = np.minimum(VIRAL_SIZE * (1 + self._random.pareto(VIRAL_SHAPE, len(authors))), VIRAL_MOST)
        return np.repeat(authors, sizes.astype(int))

    def _rows(self, authors: np.ndarray, topic: np.ndarray, day: int) -> Rows:
        random, count = self._random, len(authors)
        authors = np.sort(authors)
        engager = np.searchsorted(self._engager_reach, random.random(count)).astype(np.int32)
        engager[random.random(count) < ANONYMOUS_SHARE] = -1
        noon = np.array(NOON)[self.network[authors]]
        second = ((noon + 0.16 * random.standard_normal(count)) % 1 * DAY).astype(np.int64)
        ones = np.ones(count, dtype=np.int64)
        return Rows(day * 10_000_000 + np.arange(count), authors, engager, topic[authors], second, ones)


def _wander(random: np.random.Generator, days: int, count: int, spread: float) -> np.ndarray:
    """Noise that remembers: an AR(1) of the given standard deviation, one column per series."""
    steps = random.standard_normal((days, count)) * spread * np.sqrt(1 - MEMORY**2)
    steps[0] /= np.sqrt(1 - MEMORY**2)
    for day in range(1, days):
        steps[day] += MEMORY * steps[day - 1]
    return steps
