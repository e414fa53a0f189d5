"""Statistical faults in what happened on a night: its events are broken and told anew in the formats of the feeds.

Each is a twin of a kind of bench/gate/faults.py that needs to know who reacted to whom about what, at one of its sizes
that count, drawn by chance; a function of what was told, an inbox, a night and chance.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import patch

import numpy as np

from bench.gate.inbox_faults import FEED
from jobs.demo.events import Event
from jobs.demo.people import Person
from jobs.demo.world import FEEDS

NEW_NUMBERS = 1_000_000
"""Far above every number of a network's history: an event told again is a new one."""

A_DAY = timedelta(days=1)
LARGEST_TOPICS = 3
REACTIONS_OF_A_MEMBER = 25


@dataclass
class Told:
    """What happened in each network on each day since a first one, and who was new there, while a world is written."""

    first_day: date
    events: dict[tuple[str, date], list[Event]] = field(default_factory=dict)
    newcomers: dict[tuple[str, date], list[Person]] = field(default_factory=dict)

    def tell_anew(self, inbox: Path, feed: str, day: date, events: list[Event]) -> None:
        """Replace a delivery by one that tells of these events."""
        folder = inbox / feed / day.isoformat()
        shutil.rmtree(folder)
        FEEDS[feed].write_day(folder, events, self.newcomers[feed, day])


@contextmanager
def listening(first_day: date, liveliness: float) -> Iterator[Told]:
    """Keep what the feeds of a world are given to write, from a day on; its people do so many times what is usual."""
    told = Told(first_day)
    with patch.dict(FEEDS, {name: _overheard(name, module, liveliness, told) for name, module in FEEDS.items()}):
        yield told


def exported_anew(told: Told, inbox: Path, night: date, random: np.random.Generator) -> None:
    """A part of the authors arrive with the reactions of the day before, under new keys and tonight's date."""
    share = random.choice([0.25, 0.5, 1.0])
    tonight, yesterday = told.events[FEED, night], told.events[FEED, night - A_DAY]
    authors = sorted({_author_number(event) for event in yesterday})
    stale = {author for author in authors if random.random() < share}
    moved = [_a_day_later(event) for event in yesterday if _author_number(event) in stale]
    told.tell_anew(inbox, FEED, night, [event for event in tonight if _author_number(event) not in stale] + moved)


def cohort_lost(told: Told, inbox: Path, night: date, random: np.random.Generator) -> None:
    """In every feed one of the largest topics keeps only a share of its reactions."""
    kept = random.choice([0.5, 0.4, 0.1])
    sizes = Counter(event.topic.topic_id for feed in FEEDS for event in told.events[feed, night])
    topic = str(random.choice([name for name, _ in sizes.most_common(LARGEST_TOPICS)]))
    for feed in FEEDS:
        events = told.events[feed, night]
        told.tell_anew(inbox, feed, night, [
            event for event in events
            if event.target is None or event.topic.topic_id != topic or random.random() < kept])


def ring(told: Told, inbox: Path, night: date, random: np.random.Generator) -> None:
    """Accounts reshare each other, each some posts of the others: the matter of the scoring's graph detectors."""
    tonight = told.events[FEED, night]
    posts = {event.person.number: event for event in told.events[FEED, night - A_DAY] if not event.target}
    size = min(int(random.choice([10, 40, 120])), len(posts))
    members = random.choice(sorted(posts), size, replace=False)
    added = [_reshare(posts[author], posts[random.choice(members)].person, NEW_NUMBERS + number)
             for number, author in enumerate(np.repeat(members, REACTIONS_OF_A_MEMBER))]
    told.tell_anew(inbox, FEED, night, tonight + added)


def _overheard(name: str, module: ModuleType, liveliness: float, told: Told) -> SimpleNamespace:
    habits = replace(module.HABITS, posts_per_account=module.HABITS.posts_per_account * liveliness,
                     reactions_per_account=module.HABITS.reactions_per_account * liveliness)

    def write_day(folder: Path, events: list[Event], newcomers: list[Person]) -> dict[str, int]:
        day = date.fromisoformat(folder.name)
        if day >= told.first_day:
            told.events[name, day], told.newcomers[name, day] = events, newcomers
        return module.write_day(folder, events, newcomers)

    return SimpleNamespace(HABITS=habits, write_day=write_day)


def _author_number(event: Event) -> int:
    """Who is reacted to, by number; of a post who wrote it."""
    return (event.target or event).person.number


def _a_day_later(event: Event) -> Event:
    return replace(event, at=event.at + A_DAY, number=event.number + NEW_NUMBERS)


def _reshare(post: Event, person: Person, number: int) -> Event:
    return Event("reshare", person, post.at + A_DAY, post.topic, target=post, number=number)
