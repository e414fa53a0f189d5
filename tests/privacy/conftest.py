"""A small store with a canary: an author and engager under an unusual id, two released nights, all people made up."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from jobs.forgetting.forget import leave_out
from jobs.ingest.feeds import ingest_feed
from jobs.nights.night import run_night
from jobs.pseudonyms import REPORT, key_of
from jobs.settings import Settings
from jobs.storage import Store

CANARY, HANDLE = "canary-zq7x", "zq7xhandle"
WANTED = f"twitter:{CANARY}"
FIRST, SECOND, THIRD = date(2030, 1, 1), date(2030, 1, 2), date(2030, 1, 3)
OTHERS = ("ann-00001", "bob-00002", "cat-00003", "dan-00004")


def status(day: date, number: int, author: str, text: str = "jazz #jazz", **more) -> dict:
    """A status as the network's API gives it."""
    at = datetime(day.year, day.month, day.day, 10, number % 60, tzinfo=UTC)
    return {
        "id_str": f"{day:%Y%m%d}{number:04d}", "created_at": at.strftime("%a %b %d %H:%M:%S +0000 %Y"), "text": text,
        "user": {"id_str": author, "screen_name": HANDLE if author == CANARY else author.split("-")[0]},
        "entities": {"hashtags": [{"text": "jazz"}], "user_mentions": []}, **more,
    }


def statuses(day: date) -> list[dict]:
    """The canary and ann write, all react to both, and bob names the canary's handle in a text of his own."""
    posts = [status(day, 1, CANARY), status(day, 2, CANARY), status(day, 3, OTHERS[0]), status(day, 4, OTHERS[0])]
    replies = [
        status(day, 10 + number, engager, in_reply_to_status_id_str=post["id_str"],
               in_reply_to_user_id_str=post["user"]["id_str"])
        for number, (engager, post) in enumerate(
            (engager, post) for engager in (*OTHERS[1:], CANARY) for post in posts if engager != post["user"]["id_str"])
    ]
    return [*posts, *replies, status(day, 50, OTHERS[1], f"jazz by @{HANDLE} is fine #jazz")]


def deliver(home: Path, day: date) -> None:
    """Put a day's statuses and its lists into the inbox; the suppression list names somebody else and the canary."""
    folder = home / "inbox" / "twitter" / day.isoformat() / "garden"
    folder.mkdir(parents=True)
    lines = "".join(f"{json.dumps(one)}\n" for one in statuses(day))
    (folder / "statuses.json.gz").write_bytes(gzip.compress(lines.encode()))
    for feed in ("suppression", "minors"):
        deliver_list(home, feed, day, "network,account_id", "twitter,zoe-00009")
    deliver_list(home, "identity", day, "network,account_id,person_id,link_source,declared_date",
                 f"twitter,{CANARY},{CANARY}-person,form,2029-01-01", "twitter,ann-00001,ann,form,2029-01-01")


def deliver_list(home: Path, feed: str, day: date, header: str, *lines: str) -> None:
    """Put a list and its manifest into the inbox."""
    path = home / "inbox" / feed / day.isoformat() / f"{feed}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines, ""]))
    facts = {"rows": len(lines), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(facts))


@pytest.fixture(scope="module")
def lived(spark, tmp_path_factory) -> Store:
    """A night with the canary, one that leaves it out, a report and a log that name it, and its files kept aside."""
    folder = tmp_path_factory.mktemp("privacy")
    store = Store(Settings(home=folder / "store", networks=("twitter",)))
    for day in (FIRST, SECOND):
        deliver(store.settings.home, day)
        if day == SECOND:
            leave_out(store, WANTED)
        result = run_night(spark, store, day, lambda stage: None)
        assert result.verdict in ("pass", "warn", "hold"), result.findings
    shutil.copytree(store.settings.home / "inbox", folder / "old_inbox")
    for name in ("reports/night/2030-01-02/index.html", "airflow/logs/run.log"):
        (store.settings.home / name).parent.mkdir(parents=True)
        (store.settings.home / name).write_text(f"a line about {WANTED}, and one about twitter:ann-00001\n")
    pack = store.settings.home / "reports" / "compare" / "pack"
    pack.mkdir(parents=True)
    (pack / "movers.csv").write_text(key_of(store.settings.home, REPORT).pseudonym(f"{CANARY}-person"))
    return store


@pytest.fixture(scope="module")
def deliver_again(lived) -> Callable[[date], None]:
    """Load the old files of a day again, byte for byte as they were before."""
    def load(day: date) -> None:
        old = lived.settings.home.parent / "old_inbox"
        for feed in ("suppression", "minors", "identity", "twitter"):
            ingest_feed(lived, feed, [old / feed / day.isoformat()], day)

    return load


def next_day(store: Store, day: date = SECOND + timedelta(days=1)) -> date:
    """Deliver one more day, in which the canary goes on as before."""
    deliver(store.settings.home, day)
    return day
