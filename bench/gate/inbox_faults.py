"""Statistical faults in a delivered file of the largest network: whole, readable, in the night, and wrong.

Each is a twin of a kind of bench/gate/faults.py, at one of its sizes that count, drawn by chance.
"""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from jobs.demo.twitter import FILE_NAME

FEED = "twitter"
MOMENT = "%a %b %d %H:%M:%S %z %Y"
NEW_KEYS = 5_000_000_000_000
DAY = 86_400

Status = dict
Breaks = Callable[[list[Status], list[Status], np.random.Generator], list[Status]]


def in_the_file(breaks: Breaks) -> Callable[[Path, date, np.random.Generator], None]:
    """The fault as a function of an inbox, a night and chance; it also sees what came the day before."""
    def put_in(inbox: Path, day: date, random: np.random.Generator) -> None:
        tonight, yesterday = (inbox / FEED / str(each) / FILE_NAME for each in (day, day - timedelta(days=1)))
        broken = breaks(_read(tonight), _read(yesterday), random)
        tonight.write_bytes(gzip.compress("".join(f"{json.dumps(status)}\n" for status in broken).encode(), mtime=0))

    return put_in


@in_the_file
def rows_lost(statuses, yesterday, random):
    """The sender lost rows and knows nothing of it."""
    lost = random.choice([0.4, 0.5, 0.8])
    return [status for status in statuses if random.random() >= lost]


@in_the_file
def sent_twice(statuses, yesterday, random):
    """The sender repeats rows under new keys."""
    share = random.choice([0.5, 0.75, 1.0])
    return statuses + [_renamed(status) for status in statuses if random.random() < share]


@in_the_file
def other_time_zone(statuses, yesterday, random):
    """The day is cut in another zone: the same rows, hours turned round."""
    hours = int(random.choice([2, 5, 8]))
    return [_at(status, (_second_of(status) + hours * 3600) % DAY) for status in statuses]


@in_the_file
def bot_burst(statuses, yesterday, random):
    """One author in a hundred, three at least, gets many reshares from fresh accounts."""
    reshares = [status for status in statuses if "retweeted_status" in status]
    by_author = {status["retweeted_status"]["user"]["id"]: status for status in reshares}
    targets = random.choice(sorted(by_author), max(len(by_author) // 100, 3), replace=False)
    size = int(random.choice([100, 200, 400]))
    return statuses + [_by_a_bot(by_author[target], place * size + number)
                       for place, target in enumerate(targets) for number in range(size)]


@in_the_file
def late_rows(statuses, yesterday, random):
    """A part of yesterday lands tonight, dated yesterday."""
    share = random.choice([0.05, 0.3, 0.8])
    return statuses + [_renamed(status) for status in yesterday if random.random() < share]


def _read(path: Path) -> list[Status]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def moment_of(status: Status) -> datetime:
    """When a status was written."""
    return datetime.strptime(status["created_at"], MOMENT).astimezone(UTC)


def _second_of(status: Status) -> int:
    moment = moment_of(status)
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _at(status: Status, second: int, days: int = 0) -> Status:
    midnight = moment_of(status).replace(hour=0, minute=0, second=0)
    return written_at(status, midnight + timedelta(days=days, seconds=second))


def written_at(status: Status, moment: datetime) -> Status:
    """The status as if it had been written at another time."""
    return {**status, "created_at": moment.strftime(MOMENT)}


def _renamed(status: Status) -> Status:
    number = status["id"] + NEW_KEYS
    return {**status, "id": number, "id_str": str(number)}


def _by_a_bot(status: Status, number: int) -> Status:
    bot, key = 1_900_000_000_000_000_000 + number, status["id"] + NEW_KEYS + number
    person = {**status["user"], "id": bot, "id_str": str(bot), "screen_name": f"fresh{number}"}
    return {**status, "id": key, "id_str": str(key), "user": person}
