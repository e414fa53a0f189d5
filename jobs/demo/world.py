"""The demo world: deliveries of three networks full of people who do not exist, and the truth about them."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from jobs.demo import mailinglist, stackexchange, twitter
from jobs.demo.days import Network
from jobs.demo.lists import listed_accounts, write_lists
from jobs.demo.packing import write_bytes
from jobs.demo.people import CANARIES, Person, population
from jobs.demo.plot import BROKEN_DAY, BROKEN_FEED, Plot, cast
from jobs.demo.topics import Topic, demo_topics
from jobs.errors import PipelineError

FEEDS = {"mailinglist": mailinglist, "stackexchange": stackexchange, "twitter": twitter}
KEPT_SHARE = 0.6
"""Where the broken file is cut: far enough for it to look like a file, in the middle of its stream."""

TRUTH_FILE = "truth.json"


@dataclass(frozen=True)
class World:
    """What was planted and has to be found; people by person_id, accounts as network:account.

    newcomers: the day on which each begins. linked: the accounts of each declared person.
    fans_on_every_network: fan to expert. minors, opted_out: the date from which each account is on its list.
    canaries: two listed people whose ids must not be found in anything derived.
    row_counts: date, feed, file, rows written, on the broken day before the cut.
    Viral and broken facts are None when the world ends before them.
    """

    folder: Path
    seed: int
    first_day: date
    day_count: int
    people_count: int
    topics: dict[str, str]
    experts: dict[str, list[str]]
    newcomers: dict[str, date]
    bots: list[str]
    ring: list[str]
    single_network: list[str]
    linked: dict[str, dict[str, str]]
    fans_on_every_network: dict[str, str]
    minors: dict[str, date]
    opted_out: dict[str, date]
    canaries: dict[str, dict[str, str]]
    viral_day: date | None
    viral_person: str | None
    viral_post_id: str | None
    broken_day: date | None
    broken_feed: str | None
    row_counts: dict[str, dict[str, dict[str, int]]]

    @property
    def last_day(self) -> date:
        """The last day with deliveries."""
        return self.first_day + timedelta(days=self.day_count - 1)


def make_world(
    folder: Path, seed: int = 7, people: int = 2000, days: int = 45, first_day: date = date(2030, 1, 1)
) -> World:
    """Write <folder>/inbox/<feed>/<date>/ for every feed and day, and truth.json beside it; return the truth.

    Errors: PipelineError when the inbox already holds deliveries, or for too few people.
    """
    inbox = folder / "inbox"
    if inbox.is_dir() and any(inbox.iterdir()):
        raise PipelineError(f"{inbox}: expected no deliveries, found some. Name an empty folder.")
    topics, calendar = demo_topics(), _Calendar(first_day, days)
    crowd = population(seed, people, topics)
    plot = cast(crowd)
    networks = [Network(module.HABITS, crowd, plot, seed) for module in FEEDS.values()]
    row_counts = {}
    for day, snapshot_date in calendar.days():
        posted = {network.name: _deliver(inbox, network, day, snapshot_date) for network in networks}
        row_counts[snapshot_date.isoformat()] = posted | write_lists(inbox, crowd, day, first_day)
    _break_feed(inbox, calendar)
    facts = {**_cast_truth(crowd, plot, topics), **_dated_truth(crowd, plot, calendar)}
    world = World(folder=folder, seed=seed, people_count=people, row_counts=row_counts, **facts)
    _write_truth(world)
    return world


@dataclass(frozen=True)
class _Calendar:
    first_day: date
    day_count: int

    def days(self) -> list[tuple[int, date]]:
        return [(day, self.date_of(day)) for day in range(1, self.day_count + 1)]

    def date_of(self, day: int) -> date:
        return self.first_day + timedelta(days=day - 1)

    def reached(self, day: int) -> date | None:
        return self.date_of(day) if day <= self.day_count else None


def _deliver(inbox: Path, network: Network, day: int, snapshot_date: date) -> dict[str, int]:
    folder = inbox / network.name / snapshot_date.isoformat()
    events, newcomers = network.events_of(day, snapshot_date), network.newcomers_of(day)
    return FEEDS[network.name].write_day(folder, events, newcomers)


def _break_feed(inbox: Path, calendar: _Calendar) -> None:
    """Cut the file of the broken day in the middle of its gzip stream, as an interrupted copy does."""
    broken_date = calendar.reached(BROKEN_DAY)
    if broken_date:
        path = inbox / BROKEN_FEED / broken_date.isoformat() / twitter.FILE_NAME
        whole = path.read_bytes()
        write_bytes(path, whole[: int(len(whole) * KEPT_SHARE)])


def _cast_truth(crowd: list[Person], plot: Plot, topics: list[Topic]) -> dict:
    experts = [person for person in crowd if person.role.endswith("expert")]
    return {
        "topics": {topic.topic_id: topic.name for topic in topics},
        "experts": {topic.topic_id: _ids(p for p in experts if topic in p.topics) for topic in topics},
        "bots": _ids(plot.bots),
        "ring": _ids(plot.ring),
        "single_network": _ids(person for person in crowd if len(person.accounts) == 1),
        "linked": {person.person_id: person.accounts for person in crowd if person.linked_from},
        "fans_on_every_network": {fan.person_id: idol.person_id for fan, idol in plot.idol_of.items()},
        "canaries": dict(zip(CANARIES, (person.accounts for person in crowd[-len(CANARIES):]), strict=True)),
    }


def _dated_truth(crowd: list[Person], plot: Plot, calendar: _Calendar) -> dict:
    began = {person.person_id: person.first_day for person in crowd if person.first_day > 1}
    viral, broken = plot.viral_post, calendar.reached(BROKEN_DAY)
    return {
        "first_day": calendar.first_day,
        "day_count": calendar.day_count,
        "newcomers": {name: calendar.date_of(day) for name, day in began.items()},
        "minors": _dates(calendar, listed_accounts(crowd, "minor")),
        "opted_out": _dates(calendar, listed_accounts(crowd, "opt_out")),
        "viral_day": viral and calendar.reached(plot.viral_day),
        "viral_person": viral and plot.viral_person.person_id,
        "viral_post_id": viral and str(twitter.status_id(viral)),
        "broken_day": broken,
        "broken_feed": broken and BROKEN_FEED,
    }


def _dates(calendar: _Calendar, listed: dict[str, int]) -> dict[str, date]:
    return {account: calendar.date_of(day) for account, day in listed.items()}


def _ids(people: Iterable[Person]) -> list[str]:
    return [person.person_id for person in people]


def _write_truth(world: World) -> None:
    truth = asdict(world)
    del truth["folder"]
    write_bytes(world.folder / TRUTH_FILE, json.dumps(truth, indent=1, default=date.isoformat).encode())
