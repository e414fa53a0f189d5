"""What happens before any network's format: somebody writes, or reacts to what was written."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate

from jobs.demo.people import Person
from jobs.demo.topics import Topic

REMEMBERED_DAYS = 5
"""Days for which a post draws reactions; older posts are forgotten, which bounds the memory."""

DAILY_FADING = 0.5
"""A post draws half as much on each following day."""

DEEPEST_THREAD = 4
"""Replies to replies end here, so that a thread cannot keep old posts alive."""

INTERESTED_SHARE = 0.85
"""Share of reactions that come from people who share the topic."""


DAY, MILLISECOND = timedelta(days=1), timedelta(milliseconds=1)


@dataclass(eq=False)
class Event:
    """One thing that one person did on one network; person None is a deleted account.

    number: place in the history of the network. pull: how much the post draws, relative to others.
    """

    kind: str
    person: Person | None
    at: datetime
    topic: Topic
    text: str = ""
    target: "Event | None" = None
    title: str = ""
    pull: float = 0.0
    depth: int = 0
    number: int = 0
    reacted: set[int] = field(default_factory=set)
    has_accepted_answer: bool = False

    @property
    def root(self) -> "Event":
        """The post that opened the thread."""
        return self.target.root if self.target else self


class Crowd:
    """The people of one network on one day, to be drawn by how much they post or react."""

    def __init__(self, people: list[Person]) -> None:
        self.people = people
        self.writers = list(accumulate(person.posting for person in people))
        self.everybody = _weighted(people)
        sharing: dict[Topic, list[Person]] = {}
        for person in people:
            for topic in person.topics:
                sharing.setdefault(topic, []).append(person)
        self.interested = {topic: _weighted(group) for topic, group in sharing.items()}
        self.experts = {topic: _experts(group) for topic, group in sharing.items()}

    def draw_writers(self, rng: random.Random, count: int) -> list[Person]:
        """People who start something today, those who post much more often."""
        return rng.choices(self.people, cum_weights=self.writers, k=count)

    def draw_reader(self, rng: random.Random, topic: Topic) -> Person:
        """Somebody who reacts to a post about the topic, mostly somebody interested in it."""
        sharing = self.interested.get(topic, self.everybody)
        people, weights = sharing if rng.random() < INTERESTED_SHARE else self.everybody
        return rng.choices(people, cum_weights=weights)[0]

    def draw_expert(self, rng: random.Random, topic: Topic) -> Person | None:
        """An expert of the topic, if the network has one."""
        experts = self.experts.get(topic)
        return rng.choice(experts) if experts else None


class Recent:
    """The posts of the last days, those which people still react to."""

    def __init__(self) -> None:
        self.days: deque[list[Event]] = deque(maxlen=REMEMBERED_DAYS)

    def open_day(self) -> None:
        """Begin a day and forget the oldest."""
        self.days.appendleft([])

    def add(self, event: Event) -> None:
        """Let others react to the post, unless its thread is deep enough."""
        if event.depth < DEEPEST_THREAD:
            self.days[0].append(event)

    def draw(self, rng: random.Random, count: int) -> list[Event]:
        """Posts that draw a reaction, in proportion to their pull and freshness."""
        events = [event for day in self.days for event in day]
        if not events:
            return []
        pulls = (event.pull * DAILY_FADING**age for age, day in enumerate(self.days) for event in day)
        return rng.choices(events, cum_weights=list(accumulate(pulls)), k=count)

    def newest_by(self, people: set[Person]) -> dict[Person, Event]:
        """The newest post of each of these people who has one."""
        oldest_first: Iterator[Event] = (event for day in reversed(self.days) for event in day)
        return {event.person: event for event in oldest_first if event.person in people}


def time_of_day(rng: random.Random, midnight: datetime) -> datetime:
    """A time of the day, in the afternoon rather than at night."""
    return midnight + timedelta(milliseconds=int(rng.betavariate(2.2, 2) * (DAY / MILLISECOND)))


def later(rng: random.Random, event: Event, midnight: datetime) -> datetime:
    """A time of the day after the event; soon after it when the usual time has passed already."""
    usual = time_of_day(rng, midnight)
    left = midnight + DAY - event.at
    soon = event.at + timedelta(milliseconds=int(rng.random() ** 2 * (left / MILLISECOND)))
    return usual if usual > event.at else soon


def _weighted(people: list[Person]) -> tuple[list[Person], list[float]]:
    return people, list(accumulate(person.eagerness for person in people))


def _experts(people: list[Person]) -> list[Person]:
    return [person for person in people if person.role.endswith("expert")]
