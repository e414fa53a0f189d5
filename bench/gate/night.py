"""A simulated night: what is delivered, what is loaded, what is scored. Faults are put in where they arise."""

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np

from bench.gate.world import ACCOUNTS, DAY, NETWORKS, TOPICS, Rows, World

SCHEMA = ("interaction_id:int64", "author:int64", "engager:int32", "topic:int64", "second:int64",
          "interaction_count:int64 reactions")

POINTS_PER_LOG, CEILING = 9.15, 100.0
"""K of the released scale (algorithms-evidence section 2)."""

DECAY = 2 ** (-1 / 30)
EVIDENCE = 3.0
"""Decayed reactions below which nobody is scored."""


@dataclass(frozen=True)
class ManifestEntry:
    """What the sender says of a feed's file."""

    row_count: int
    sha256: str
    schema: tuple[str, ...] = SCHEMA


@dataclass
class Scoring:
    """The scoring of a night: its code, as a function of credit, and the digest of the reference that it loaded."""

    points: callable = field(default=lambda credit, overall: 1 + POINTS_PER_LOG * np.log1p(credit))
    reference: float = 1.0

    def score(self, credit: np.ndarray, overall: np.ndarray) -> np.ndarray:
        """Points per cell; NaN below the evidence threshold."""
        points = np.minimum(self.points(credit * self.reference, overall), CEILING)
        return np.where(credit >= EVIDENCE, points, np.nan)


@dataclass
class Night:
    """Everything that one night holds before and after the pipeline; faults change it between the steps."""

    day: int
    feeds: dict[str, Rows]
    manifest: dict[str, ManifestEntry]
    created_at: np.ndarray
    account_network: np.ndarray
    listed: np.ndarray
    topics: tuple[int, ...] = tuple(range(TOPICS))
    is_matched: np.ndarray = field(default_factory=lambda: np.ones(TOPICS))
    scoring: Scoring = field(default_factory=Scoring)
    loaded: dict[str, Rows] = field(default_factory=dict)
    out_of_scope: dict[str, int] = field(default_factory=dict)
    matched: dict[str, Rows] = field(default_factory=dict)
    counts: np.ndarray | None = None
    credit: np.ndarray | None = None
    scores: np.ndarray | None = None

    def copy(self) -> "Night":
        """A night that may be broken without breaking this one."""
        return replace(self, feeds=dict(self.feeds), manifest=dict(self.manifest), loaded={}, matched={},
                       out_of_scope={}, is_matched=self.is_matched.copy(), scoring=Scoring())


def sha256_of(rows: Rows) -> str:
    """The checksum of a file with these rows."""
    digest = hashlib.sha256()
    for column in rows.columns():
        digest.update(np.ascontiguousarray(column).view(np.uint8))
    return digest.hexdigest()


def entry_of(rows: Rows) -> ManifestEntry:
    """The manifest entry of a file with these rows."""
    return ManifestEntry(len(rows), sha256_of(rows))


def delivered(world: World, day: int) -> Night:
    """A clean night as it is delivered."""
    feeds = world.night(day)
    return Night(day, feeds, {name: entry_of(rows) for name, rows in feeds.items()}, world.created_at,
                 world.network, world.listed)


def load(night: Night) -> None:
    """Keep the reactions of the day to people who are on no list and to topics that still match."""
    is_listed = np.zeros(ACCOUNTS, dtype=bool)
    is_listed[night.listed] = True
    for name in NETWORKS:
        rows = night.feeds.get(name)
        if rows is None:
            continue
        is_today = (rows.second >= 0) & (rows.second < DAY)
        night.loaded[name] = rows.taken(is_today & ~is_listed[rows.author])
        night.matched[name] = night.loaded[name].taken(_is_matched(night, night.loaded[name]))
        night.out_of_scope[name] = int((~is_today).sum())
    night.counts = np.zeros(ACCOUNTS, dtype=np.int64)
    for rows in night.loaded.values():
        night.counts += np.bincount(rows.author, rows.interaction_count, ACCOUNTS).astype(np.int64)


def _is_matched(night: Night, rows: Rows) -> np.ndarray:
    """Whether the topic's words are in the post; an author writes one post a night, so its reactions go together."""
    lot = (rows.author * 7919 + night.day * 104_729) % 1000 / 1000
    return lot < night.is_matched[rows.topic]


class Cells:
    """Person x topic, and person x overall: where credit is kept. The last cells are the overall ones."""

    def __init__(self, world: World):
        """Every pair of a person and a topic that one of their accounts writes about."""
        self.world = world
        keys = np.concatenate([world.person * TOPICS + world.main_topic, world.person * TOPICS + world.second_topic])
        self.keys = np.unique(keys)
        self.people = np.unique(world.person)
        self.topic = np.concatenate([self.keys % TOPICS, np.full(len(self.people), TOPICS)])
        self.overall = self.topic == TOPICS
        self.person = np.concatenate([self.keys // TOPICS, self.people])
        linked = np.bincount(world.person, minlength=ACCOUNTS) > 1
        self.network = np.where(linked[self.person], len(NETWORKS), world.network[self.person])

    def start(self) -> np.ndarray:
        """Credit as if every account had gone on for ever at its rate."""
        world, still = self.world, self.world.rate * (self.world.joined_day < 0) / (1 - DECAY)
        cells = np.searchsorted(self.keys, world.person * TOPICS + world.main_topic)
        credit = np.bincount(cells, still * 0.7, len(self.keys))
        second = np.searchsorted(self.keys, world.person * TOPICS + world.second_topic)
        credit += np.bincount(second, still * 0.3, len(self.keys))
        return self._with_overall(credit)

    def fold(self, credit: np.ndarray, night: Night) -> np.ndarray:
        """Yesterday's credit aged by a night, and the night's reactions."""
        added = np.zeros(len(self.keys))
        for rows in night.matched.values():
            cells = np.searchsorted(self.keys, self.world.person[rows.author] * TOPICS + rows.topic)
            cells = np.minimum(cells, len(self.keys) - 1)
            added += np.bincount(cells, rows.interaction_count, len(self.keys))
        return self._with_overall(credit[: len(self.keys)] * DECAY + added)

    def _with_overall(self, credit: np.ndarray) -> np.ndarray:
        people = np.searchsorted(self.people, self.keys // TOPICS)
        return np.concatenate([credit, np.bincount(people, credit, len(self.people))])


def run(night: Night, cells: Cells, credit: np.ndarray) -> None:
    """Load, fold and score a night on top of yesterday's credit."""
    load(night)
    night.credit = cells.fold(credit, night)
    night.scores = night.scoring.score(night.credit, cells.overall)
