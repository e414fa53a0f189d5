"""One small demo world for all its tests, and its files read back with the parsers that anybody has."""

import csv
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pytest
from lxml import etree

from jobs.demo.world import World, make_world

SEPARATOR = re.compile(r"^From \S+ .* \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n", re.M)


@dataclass
class Delivered:
    """The files of a world, by feed and day."""

    world: World

    def folder(self, feed: str, day: date) -> Path:
        return self.world.folder / "inbox" / feed / day.isoformat()

    def days(self, feed: str) -> list[date]:
        return sorted(date.fromisoformat(path.name) for path in (self.world.folder / "inbox" / feed).iterdir())

    def statuses(self, day: date) -> list[dict]:
        packed = (self.folder("twitter", day) / "statuses.jsonl.gz").read_bytes()
        return [json.loads(line) for line in gzip.decompress(packed).decode().splitlines()]

    @cached_property
    def all_statuses(self) -> list[dict]:
        whole = [day for day in self.days("twitter") if day != self.world.broken_day]
        return [status for day in whole for status in self.statuses(day)]

    def rows(self, file_name: str, day: date) -> list[dict]:
        tree = etree.parse(self.folder("stackexchange", day) / file_name)
        return [dict(row.attrib) for row in tree.getroot()]

    def all_rows(self, file_name: str) -> list[dict]:
        return [row for day in self.days("stackexchange") for row in self.rows(file_name, day)]

    @cached_property
    def messages(self) -> list[str]:
        files = sorted((self.world.folder / "inbox" / "mailinglist").rglob("*.txt.gz"))
        texts = (gzip.decompress(path.read_bytes()).decode() for path in files)
        return [message for text in texts for message in SEPARATOR.split(text)[1:]]

    def listed(self, feed: str, day: date) -> set[str]:
        """The accounts on a list, as network:account."""
        with (self.folder(feed, day) / f"{feed}.csv").open(newline="") as lines:
            return {f"{row['network']}:{row['account_id']}" for row in csv.DictReader(lines)}

    def active_dates(self, account: str) -> list[date]:
        """The days on which a twitter account wrote something."""
        times = (status["created_at"] for status in self.all_statuses if status["user"]["id_str"] == account)
        return sorted(datetime.strptime(time, "%a %b %d %H:%M:%S %z %Y").date() for time in times)

    def resharers(self, account: str) -> set[str]:
        """The twitter accounts that reshared posts of one."""
        inner = ((status, status.get("retweeted_status")) for status in self.all_statuses)
        return {status["user"]["id_str"] for status, post in inner if post and post["user"]["id_str"] == account}

    @cached_property
    def accounts_seen(self) -> set[str]:
        """Every account that a file shows, as network:account."""
        return {
            *(f"twitter:{status['user']['id_str']}" for status in self.all_statuses),
            *(f"stackexchange:{row['Id']}" for row in self.all_rows("Users.xml")),
            *(f"mailinglist:{sender_account(message)}" for message in self.messages),
        }


def sender_account(message: str) -> str:
    """The account id of a sender, computed from the From header alone."""
    words = re.search(r"^From: (.*) \(", message, re.M)[1].split(" ")
    folded = (re.sub("[ans.@]", "@", re.sub("[ilf|]", "|", word.lower())) for word in (words[0], words[-1]))
    return hashlib.sha256(" ".join(folded).encode()).hexdigest()[:16]


@pytest.fixture(scope="session")
def delivered(tmp_path_factory) -> Delivered:
    """Thirty-nine days of six hundred people: the viral day and the broken day are in it."""
    return Delivered(make_world(tmp_path_factory.mktemp("world"), people=600, days=39))


@pytest.fixture(scope="session")
def world(delivered) -> World:
    """The planted truth of the delivered world."""
    return delivered.world
