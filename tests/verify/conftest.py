"""A small store that went the whole way: lists and messages landed, nights released, all people made up."""

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.comparing.verify import verify
from jobs.ingest.feeds import ingest_feed
from jobs.publish.candidate import Candidate, propose
from jobs.publish.release import release
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import RELEASED_TABLES, TABLES
from jobs.verifying.checked import Checked

FIRST, SECOND = date(2030, 1, 1), date(2030, 1, 2)
NOON = datetime(2030, 1, 3, 12, tzinfo=UTC)

USUAL = {"string": "made-up", "long": 3, "double": 1.5, "boolean": True, "points": Decimal("20.5"),
         "date": FIRST, "timestamp": NOON}
"""What a column holds that a test is not about, by type."""

MESSAGE = """From ann @end|ng |rom ex@mp|e@org  Tue Jan  1 14:00:00 2030
From: ann @end|ng |rom ex@mp|e@org (Ann Example)
Date: {date}
Message-ID: <{number}@mail.example>

Words.


"""


def add_rows(store: Store, table: str, *rows: dict) -> None:
    """Append rows to a table; columns that are not given hold their usual value."""
    usual = {column.name: USUAL[column.type] for column in TABLES[table].columns}
    store.append_rows(table, pa.Table.from_pylist([usual | row for row in rows], TABLES[table].arrow_schema))


def proposed_night(store: Store, day: date, *people: str) -> Candidate:
    """Stage one row per person in each table of a night, and propose it."""
    for table in RELEASED_TABLES:
        rows = pa.Table.from_pylist(
            [{column.name: USUAL[column.type] for column in TABLES[table].columns}
             | {"snapshot_date": day, "person_id": person} for person in people], TABLES[table].arrow_schema)
        store.replace_day(table, day, store.write_rows(table, rows))
    return propose(store, day)


def judge(store: Store, candidate: Candidate, verdict: str) -> None:
    """Write down the gate's verdict on a candidate."""
    key = {name: getattr(candidate, name) for name in ("snapshot_date", "candidate_id", "candidate_digest")}
    add_rows(store, "gate__verdicts", key | {"verdict": verdict, "blocked_by": None})


def released_night(store: Store, day: date, *people: str) -> None:
    """Stage, propose, pass and release a night."""
    candidate = proposed_night(store, day, *people)
    judge(store, candidate, "pass")
    release(store, candidate)


def deliver_list(store: Store, folder: Path, day: date, *account_ids: str) -> None:
    """Land a suppression list of mailing-list accounts for a day."""
    path = folder / f"suppression-{day}.csv"
    path.write_text("network,account_id\n" + "".join(f"mailinglist,{account}\n" for account in account_ids))
    facts = {"rows": len(account_ids), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(facts))
    ingest_feed(store, "suppression", [path], day)


def deliver_messages(store: Store, folder: Path, day: date) -> None:
    """Land an archive of two messages, one with a date that never was."""
    path = folder / "garden-talk" / "2030-January.txt.gz"
    path.parent.mkdir()
    dates = ("Tue, 1 Jan 2030 13:00:00 +0100", "Tue, 41 Jan 2030 13:00:00 +0100")
    text = "".join(MESSAGE.format(number=number, date=text) for number, text in enumerate(dates))
    path.write_bytes(gzip.compress(text.encode()))
    ingest_feed(store, "mailinglist", [path.parent], day)


def made_store(folder: Path) -> Store:
    """Two released nights, with their lists and one delivery of messages."""
    store = Store(Settings(home=folder / "store"))
    deliver_messages(store, folder, FIRST)
    for day in (FIRST, SECOND):
        deliver_list(store, folder, day, "zoe")
        released_night(store, day, "mailinglist:ann", "mailinglist:bob")
    return store


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Store:
    """One store for all tests of a module that leave it as it was."""
    return made_store(tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="session")
def scoring_room(tmp_path_factory) -> Path:
    """A scoring room with one released version, which is as it was released."""
    room = tmp_path_factory.mktemp("scoring")
    contents = {"algorithms/v1.py": b"ALGORITHM = 1\n", "calibrations/v1.json": b"{}\n"}
    sums = {}
    for name, content in contents.items():
        (room / name).parent.mkdir()
        (room / name).write_bytes(content)
        sums[name] = hashlib.sha256(content).hexdigest()
    (room / "released.toml").write_text(
        f'active = "v1"\n[v1]\nfile_sha256 = "{sums["algorithms/v1.py"]}"\n'
        f'calibration_sha256 = "{sums["calibrations/v1.json"]}"\n')
    return room


@pytest.fixture
def broken(scoring_room) -> Callable[[Store], list[Checked]]:
    """Verifies a store and gives what does not hold."""
    return lambda store: [outcome for outcome in verify(Store(store.settings), scoring_room) if not outcome.holds]


@pytest.fixture
def broken_checks(broken) -> Callable[[Store], set[str]]:
    """Verifies a store and gives the names of the checks that do not hold."""
    return lambda store: {outcome.check for outcome in broken(store)}


@pytest.fixture
def propose_night(store) -> Callable[..., Candidate]:
    """Stages and proposes a night of some people in the test's own store."""
    return partial(proposed_night, store)


@pytest.fixture
def give_verdict(store) -> Callable[[Candidate, str], None]:
    """Writes a verdict into the test's own store."""
    return partial(judge, store)


@pytest.fixture
def release_night(store) -> Callable[..., None]:
    """Releases a night of some people in the test's own store."""
    return partial(released_night, store)


@pytest.fixture
def add(store) -> Callable[..., None]:
    """Appends rows to a table of the test's own store."""
    return partial(add_rows, store)
