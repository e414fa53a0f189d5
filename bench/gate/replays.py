"""Real daily counts replayed through the gate's mathematics, with and without faults. Only counts of nights leave.

The sets are short: a night is judged from the 29th on, with the limits of a young store.
"""

import os
import re
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from bench.gate.judging import is_blocked
from bench.gate.tally import Tally
from bench.real_interactions import REAL_SETS
from jobs.gate.history import judged
from jobs.gate.series import series_name
from jobs.ingest.feeds import ingest_feed
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import INPUT

DATA = Path(os.environ.get("CANDOR_TEST_DATA", Path(__file__).parent.parent.parent.parent / "shared" / "data"))

FIRST_JUDGED = 28
FEWEST_ROWS = 20
"""Rows a day: half of fewer is chance on most days."""

FAULTS = {"half lost": 0.5, "nearly all lost": 0.1}

Counts = dict[str, Counter]


def replayed() -> dict:
    """One row per set that was found; a reason when there is none."""
    if not DATA.is_dir():
        return {"series": [], "reason": "test data not found; name its folder in CANDOR_TEST_DATA"}
    return {"series": [_replay(name, read(DATA)) for name, read in SETS.items()]}


def history_of(counts: Counts) -> pd.DataFrame:
    """Daily counts as the gate's series; a day without rows counts 0."""
    first, last = (pick(day for days in counts.values() for day in days) for pick in (min, max))
    every_day = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    large = {feed: days for feed, days in counts.items() if days.total() >= FEWEST_ROWS * len(every_day)}
    return pd.DataFrame({series_name("log_rows", feed, INPUT): [np.log1p(days[day]) for day in every_day]
                         for feed, days in large.items()}, index=every_day)


def _replay(name: str, counts: Counts) -> dict:
    history = history_of(counts)
    false_blocks, found = 0, {fault: Tally() for fault in FAULTS}
    for place in range(FIRST_JUDGED, len(history)):
        past, tonight, night = history.iloc[:place], history.iloc[place], history.index[place]
        false_blocks += is_blocked(judged(past, tonight, night, (), 2.0))
        for feed in history.columns:
            for fault, share in FAULTS.items():
                broken = tonight.copy()
                broken[feed] = np.log1p(np.expm1(broken[feed]) * share)
                found[fault].add(is_blocked(judged(past, broken, night, (), 2.0)))
    return {"name": name, "feeds": len(history.columns), "days": len(history), "judged": len(history) - FIRST_JUDGED,
            "false_blocks": int(false_blocks), **{fault: tally.share for fault, tally in found.items()}}


def _chat(data: Path) -> Counts:
    counts: Counts = {}
    with tarfile.open(next((data / "irc-raku-2019-07-08").glob("*.tar.gz"))) as tar:
        for member in tar:
            day = re.search(r"\d{4}-\d{2}-\d{2}", member.name)
            if member.isfile() and day:
                room = counts.setdefault(member.name.split("/")[0], Counter())
                room[date.fromisoformat(day[0])] += tar.extractfile(member).read().count(b"\n")
    return counts


def _ingested(network: str, first: date, last: date) -> Callable[[Path], Counts]:
    """Posts and reactions a day, as the project's own connector reads them."""
    def read(data: Path) -> Counts:
        with tempfile.TemporaryDirectory(prefix="candor-replay-") as home:
            store = Store(Settings(home=Path(home)))
            ingest_feed(store, network, sorted(data.glob(REAL_SETS[network])), None)
            tables = {table: store.arrow(table, columns=["snapshot_date"]).column("snapshot_date").to_pylist()
                      for table in ("core__posts", "core__interactions")}
        return {table: Counter(day for day in days if first <= day <= last) for table, days in tables.items()}
    return read


SETS: dict[str, Callable[[Path], Counts]] = {
    "chat rooms": _chat,
    "mailing lists": _ingested("mailinglist", date(2019, 6, 1), date(2019, 8, 31)),
    "questions and answers": _ingested("stackexchange", date(2021, 8, 10), date(2021, 12, 4)),
}
"""What each set is called on the page: by its kind, since nothing of it belongs to the project."""
