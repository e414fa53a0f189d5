"""One network, day after day: ordinary traffic by its habits, and between it what was planted."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from jobs.demo import texts
from jobs.demo.events import Crowd, Event, Recent, later, time_of_day
from jobs.demo.people import Person
from jobs.demo.plot import Plot

WEEKEND_SHARE = 0.6
SATURDAY = 5
MOOD_SIGMA = 0.05
"""Days of the same kind differ by about five per cent in volume."""


MAIN_TOPIC_SHARE = 0.8
LUCK_SIGMA = 0.5
"""Spread of the luck of single posts: about two posts in three draw between 0.6 and 1.6 times the usual."""

FAN_REACTS_SHARE = 0.6
BOT_POSTS = (15, 25)
VIRAL_HOUR = 7
VIRAL_PULL = 200.0
"""As much as some twenty posts of experts: on the days after, the viral post lives on, then fades."""

VIRAL_REACTIONS = {"reshare": 0.8, "reply": 0.4, "quote": 0.2}
"""Share of all people on the network who react to the viral post, by kind of reaction."""


@dataclass(frozen=True)
class Habits:
    """How people behave on one network; posts and reactions are per account and weekday.

    reactions: by kind of the post reacted to, the kinds of reaction and their weights.
    writing: the kinds that are posts themselves. named: a kind that shows who reacted, open to every target.
    """

    network: str
    posts_per_account: float
    reactions_per_account: float
    reactions: dict[str, dict[str, float]]
    writing: frozenset[str]
    named: str
    deleted_share: float = 0.0
    expert_answers_share: float = 0.0


class Network:
    """One network with its people, its recent posts and the running number of its events."""

    def __init__(self, habits: Habits, people: list[Person], plot: Plot, seed: int) -> None:
        self.name, self.habits, self.plot, self.seed = habits.network, habits, plot, seed
        self.people = [person for person in people if self.name in person.accounts]
        self.recent = Recent()
        self.event_count = 0

    def events_of(self, day: int, snapshot_date: date) -> list[Event]:
        """Everything that happened on the day, in order of time; to be asked for day by day."""
        self.recent.open_day()
        rng = random.Random(f"{self.seed}/{self.name}/{day}")
        events = sorted(Day(self, day, snapshot_date, rng).events(), key=lambda event: event.at)
        for event in events:
            self.event_count += 1
            event.number = self.event_count
        return events

    def newcomers_of(self, day: int) -> list[Person]:
        """The accounts that the network shows for the first time on the day."""
        return [person for person in self.people if person.first_day == day]


class Day:
    """One day of one network, drawn from a random stream of its own."""

    def __init__(self, network: Network, day: int, snapshot_date: date, rng: random.Random) -> None:
        self.habits, self.plot, self.recent = network.habits, network.plot, network.recent
        self.day, self.rng = day, rng
        self.midnight = datetime.combine(snapshot_date, datetime.min.time(), tzinfo=UTC)
        self.present = [person for person in network.people if person.first_day <= day]
        self.crowd = Crowd(self.present)
        weekday = WEEKEND_SHARE if snapshot_date.weekday() >= SATURDAY else 1.0
        self.mood = weekday * rng.lognormvariate(0, MOOD_SIGMA)

    def events(self) -> Iterator[Event]:
        """All posts and reactions, in no order; a reaction always comes after what it reacts to."""
        yield from self._posts()
        yield from self._planted()
        yield from self._reactions()

    def _posts(self) -> Iterator[Event]:
        count = round(self.habits.posts_per_account * len(self.present) * self.mood)
        for writer in self.crowd.draw_writers(self.rng, count):
            yield self._post(writer)

    def _post(self, writer: Person) -> Event:
        others = self.rng.random() > MAIN_TOPIC_SHARE
        topic = self.rng.choice(writer.topics) if others else writer.topics[0]
        is_deleted = self.rng.random() < self.habits.deleted_share
        event = Event(
            kind="post",
            person=None if is_deleted else writer,
            at=time_of_day(self.rng, self.midnight),
            topic=topic,
            text=texts.opening(self.rng, topic),
            title=texts.title(self.rng, topic),
            pull=self._pull(writer),
        )
        self.recent.add(event)
        return event

    def _pull(self, writer: Person) -> float:
        return writer.attention * self.rng.lognormvariate(0, LUCK_SIGMA)

    def _reactions(self) -> Iterator[Event]:
        count = round(self.habits.reactions_per_account * len(self.present) * self.mood)
        for target in self.recent.draw(self.rng, count):
            kinds = self.habits.reactions[target.kind]
            kind = self.rng.choices(list(kinds), weights=kinds.values())[0]
            yield from self._reaction(self._reader(kind, target), kind, target)

    def _reader(self, kind: str, target: Event) -> Person | None:
        if kind == "endorsement":
            return target.root.person
        if kind == "answer" and self.rng.random() < self.habits.expert_answers_share:
            return self.crowd.draw_expert(self.rng, target.topic)
        return self.crowd.draw_reader(self.rng, target.topic)

    def _reaction(self, reader: Person | None, kind: str, target: Event) -> Iterator[Event]:
        """One reaction, or none: nobody reacts twice to the same post, nor to an own one."""
        if reader is None or reader is target.person or reader.number in target.reacted:
            return
        if kind == "endorsement" and target.root.has_accepted_answer:
            return
        target.root.has_accepted_answer |= kind == "endorsement"
        target.reacted.add(reader.number)
        yield self._written(reader, kind, target)

    def _written(self, reader: Person, kind: str, target: Event) -> Event:
        event = Event(
            kind=kind,
            person=reader,
            at=later(self.rng, target, self.midnight),
            topic=target.topic,
            text=texts.reply(self.rng, target.topic),
            target=target,
            title=target.title,
            depth=target.depth + 1,
        )
        if kind in self.habits.writing:
            event.pull = self._pull(reader)
            self.recent.add(event)
        return event

    def _planted(self) -> Iterator[Event]:
        yield from self._fans()
        if self.habits.network == self.plot.loud_network:
            yield from self._bots()
            yield from self._ring()
            if self.day == self.plot.viral_day:
                yield from self._viral()

    def _fans(self) -> Iterator[Event]:
        newest = self.recent.newest_by(set(self.plot.idol_of.values()))
        for fan, idol in self.plot.idol_of.items():
            if idol in newest and self.rng.random() < FAN_REACTS_SHARE:
                yield from self._reaction(fan, self.habits.named, newest[idol])

    def _bots(self) -> Iterator[Event]:
        for bot in self.plot.bots:
            for _ in range(self.rng.randint(*BOT_POSTS)):
                post = self._post(bot)
                post.pull = 0.0
                yield post

    def _ring(self) -> Iterator[Event]:
        for member in self.plot.ring:
            post = self._post(member)
            yield post
            for fan in self.plot.ring:
                yield from self._reaction(fan, self.habits.named, post)

    def _viral(self) -> Iterator[Event]:
        post = self._post(self.plot.viral_person)
        post.at, post.pull = self.midnight + timedelta(hours=VIRAL_HOUR), VIRAL_PULL
        post.text = texts.about(self.rng, post.topic)
        self.plot.viral_post = post
        yield post
        for reader in self._audience(post):
            for kind, share in VIRAL_REACTIONS.items():
                if self.rng.random() < share:
                    post.reacted.add(reader.number)
                    yield self._written(reader, kind, post)

    def _audience(self, post: Event) -> list[Person]:
        return [person for person in self.present if person.eagerness > 0 and person is not post.person]
