"""The kinds of faults, each at three severities, put where it arises; what detects it is not decided here.

A fault is a function of a night (before the pipeline), yesterday's, a severity and a source of chance; it breaks the
night and returns where an operator should look first.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bench.gate.night import Night, entry_of
from bench.gate.world import ACCOUNTS, DAY, NETWORKS, TOPICS, Rows, joined

L0, STATISTICAL, APART = "L0", "statistical", "apart"

Breaker = Callable[[Night, Night, float, np.random.Generator], str]


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its row in gate-evidence section 3, its level, its sizes from small to large, what it does.

    is_after_scoring: it breaks scores, where the others break what is delivered. faint: a size too small for the goals.
    """

    row: str
    name: str
    level: str
    sizes: tuple[float, float, float]
    unit: str
    breaks: Breaker
    is_after_scoring: bool = False
    faint: float | None = None

    @property
    def all_sizes(self) -> tuple[float, ...]:
        """The sizes that count, and the faint one that shows where sight ends."""
        return self.sizes if self.faint is None else (self.faint, *self.sizes)

    def without_the_faint(self) -> "Kind":
        """The kind at the sizes that count."""
        return replace(self, faint=None)


def _signed(night: Night, name: str, rows: Rows) -> str:
    """A sender's file that says of itself what it holds: nothing but the numbers can tell that it is wrong."""
    night.feeds[name] = rows
    night.manifest[name] = entry_of(rows)
    return f"feed:{name}"


def _any_feed(random: np.random.Generator) -> str:
    return NETWORKS[random.integers(len(NETWORKS))]


def _renumbered(rows: Rows, start: int) -> Rows:
    return replace(rows, interaction_id=np.arange(len(rows)) + start)


def _picked(rows: Rows, share: float, random: np.random.Generator) -> Rows:
    return rows.taken(np.sort(random.choice(len(rows), int(round(share * len(rows))), replace=False)))


def missing_feed(night, yesterday, size, random):
    """The feed at a place in the order of size does not arrive."""
    name = NETWORKS[int(size)]
    del night.feeds[name]
    return f"feed:{name}"


def half_loaded(night, yesterday, size, random):
    """A file breaks off in transit: the manifest knows more rows."""
    name = _any_feed(random)
    rows = night.feeds[name]
    night.feeds[name] = rows.taken(slice(0, int((1 - size) * len(rows))))
    return f"feed:{name}"


def lost_upstream(night, yesterday, size, random):
    """The sender lost rows, and signs what is left."""
    name = _any_feed(random)
    return _signed(night, name, _picked(night.feeds[name], 1 - size, random))


def loaded_twice(night, yesterday, size, random):
    """A part of the file is in it twice, keys and all."""
    name = _any_feed(random)
    rows = night.feeds[name]
    return _signed(night, name, joined([rows, _picked(rows, size, random)]))


def sent_twice(night, yesterday, size, random):
    """The sender repeats rows under new keys."""
    name = _any_feed(random)
    rows = night.feeds[name]
    again = _renumbered(_picked(rows, size, random), int(rows.interaction_id.max()) + 5_000_000)
    return _signed(night, name, joined([rows, again]))


def unit_changed(night, yesterday, size, random):
    """Counts of the second smallest feed are multiplied, undeclared."""
    rows = night.feeds["south"]
    return _signed(night, "south", replace(rows, interaction_count=rows.interaction_count * int(size)))


def schema_drift(night, yesterday, size, random):
    """A column is renamed, retyped, or changes its unit; each in what the file says of itself."""
    name = _any_feed(random)
    changed = [list(night.manifest[name].schema) for _ in range(3)]
    changed[0][1], changed[1][4], changed[2][5] = "author_id:int64", "second:float64", "interaction_count:int64 views"
    night.manifest[name] = replace(night.manifest[name], schema=tuple(changed[int(size)]))
    return f"feed:{name}"


def time_zone(night, yesterday, size, random):
    """A feed's day is cut in another zone: the same number of rows, hours turned round."""
    name = _any_feed(random)
    rows = night.feeds[name]
    return _signed(night, name, replace(rows, second=(rows.second + int(size * 3600)) % DAY))


def bot_burst(night, yesterday, size, random):
    """One account in a hundred of a feed gets many reactions from fresh accounts."""
    name = _any_feed(random)
    rows = night.feeds[name]
    mine = np.unique(rows.author)
    targets = random.choice(mine, max(len(mine) // 100, 3), replace=False)
    authors = np.repeat(targets, int(size))
    count = len(authors)
    start = int(rows.interaction_id.max()) + 5_000_000
    bots = random.integers(0, ACCOUNTS, max(count // 3, 1)).astype(np.int32)
    burst = Rows(np.arange(count) + start, authors, random.choice(bots, count), rows.topic[
        np.searchsorted(rows.author, authors)], random.integers(0, DAY, count), np.ones(count, dtype=np.int64))
    return _signed(night, name, joined([rows, burst]))


def ring(night, yesterday, size, random):
    """Accounts that react to each other, sixty times each: the matter of the scoring's graph detectors."""
    name = _any_feed(random)
    rows = night.feeds[name]
    members = random.choice(np.unique(rows.author), int(size), replace=False)
    authors = np.repeat(members, 25)
    start = int(rows.interaction_id.max()) + 5_000_000
    added = Rows(np.arange(len(authors)) + start, authors, random.choice(members, len(authors)).astype(np.int32),
                 rows.topic[np.searchsorted(rows.author, authors)], random.integers(0, DAY, len(authors)),
                 np.ones(len(authors), dtype=np.int64))
    return _signed(night, name, joined([rows, added]))


def re_exported(night, yesterday, size, random):
    """A part of the authors arrive with yesterday's reactions under new keys: no checksum was seen before."""
    name = _any_feed(random)
    mine = np.unique(yesterday.feeds[name].author)
    stale = np.zeros(ACCOUNTS, dtype=bool)
    stale[random.choice(mine, int(size * len(mine)), replace=False)] = True
    rows, old = night.feeds[name], yesterday.feeds[name]
    mixed = joined([rows.taken(~stale[rows.author]), old.taken(stale[old.author])])
    return _signed(night, name, _renumbered(mixed, night.day * 10_000_000 + 5_000_000))


def stale_feed(night, yesterday, size, random):
    """As many feeds arrive with yesterday's file."""
    names = [NETWORKS[i] for i in sorted(random.choice(len(NETWORKS), int(size), replace=False))]
    for name in names:
        night.feeds[name], night.manifest[name] = yesterday.feeds[name], yesterday.manifest[name]
    return f"feed:{names[0]}"


def clock_skew(night, yesterday, size, random):
    """A feed's clock is hours ahead."""
    name = _any_feed(random)
    rows = night.feeds[name]
    return _signed(night, name, replace(rows, second=rows.second + int(size * 3600)))


def late_rows(night, yesterday, size, random):
    """A part of yesterday's rows lands tonight, dated yesterday."""
    name = _any_feed(random)
    late = _picked(yesterday.feeds[name], size, random)
    late = replace(late, second=late.second - DAY)
    return _signed(night, name, joined([night.feeds[name], late]))


def cohort_lost(night, yesterday, size, random):
    """In every feed a cohort, one topic, keeps only a share of its reactions."""
    topic = random.integers(TOPICS)
    for name, rows in night.feeds.items():
        _signed(night, name, rows.taken((rows.topic != topic) | (random.random(len(rows)) < size)))
    return f"cohort:topic:t{topic}"


def topic_dropped(night, yesterday, size, random):
    """As many topics leave the dictionary, and match nothing."""
    topics = sorted(random.choice(TOPICS, int(size), replace=False))
    night.topics = tuple(topic for topic in night.topics if topic not in topics)
    night.is_matched[topics] = 0.0
    return f"cohort:topic:t{topics[0]}"


def topic_gutted(night, yesterday, size, random):
    """A topic stays in the dictionary with a part of its words: that part of its posts no longer matches."""
    topic = random.integers(TOPICS)
    night.is_matched[topic] = 1 - size
    return f"cohort:topic:t{topic}"
