"""What all tests share: one session for the run, fresh stores, printed tables, the real data when it is there."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from jobs.demo.world import World, make_world
from jobs.nights.night import run_night
from jobs.nights.results import NightResult, nights_between
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store

ROOT = Path(__file__).resolve().parent.parent


ON_THE_LIVED_WORLD = ("compare", "e2e", "verify", "versions", "why")
"""Folders whose tests share the fixture lived_world, the dearest of all."""


class ByWorld(LoadScopeScheduling):
    """Keeps together what shares a dear fixture: the folders on the lived world, and each other folder with its own."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.split("::")[0].split("/")[1]
        return "lived_world" if folder in ON_THE_LIVED_WORLD else folder


def pytest_xdist_make_scheduler(config, log):
    """Groups by mark (--dist loadgroup) are lost with this pytest: it no longer lets a plugin rename its tests."""
    return ByWorld(config, log)


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """One embedded session for the whole run, one for each process of it."""
    with open_session(Settings(home=tmp_path_factory.mktemp("session")), "tests") as session:
        yield session


@pytest.fixture
def store(tmp_path):
    """A store with nothing in it."""
    return Store(Settings(home=tmp_path / "store"))


@pytest.fixture
def table(spark):
    """Builds a frame from a printed table: header `name` or `name:type`, cells split by |, an empty cell is null."""

    def build(text: str):
        header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
        names = [name.split(":")[0] for name in header]
        kinds = [(name.split(":") + ["string"])[1] for name in header]
        frame = spark.createDataFrame(
            [[cell or None for cell in row] for row in rows], ", ".join(f"{name} string" for name in names)
        )
        return frame.selectExpr(*[f"CAST({n} AS {k}) AS {n}" for n, k in zip(names, kinds, strict=True)])

    return build


FIRST_NIGHT, BEFORE_THE_BREAK = date(2030, 1, 15), date(2030, 2, 6)
"""Nights that the shared world runs: two weeks of warm-up, the viral day 30, up to the day before the broken feed."""


@dataclass
class LivedWorld:
    """A generated world whose nights have run: its planted truth, its store, and what each night came to."""

    truth: World
    store: Store
    nights: dict[date, NightResult]


@pytest.fixture(scope="session")
def lived_world(spark, tmp_path_factory) -> LivedWorld:
    """A small demo world, night after night; shared by all tests that only go on from there."""
    home = tmp_path_factory.mktemp("lived") / "store"
    truth = make_world(home, people=200, days=45)
    store = Store(Settings(home=home))
    nights = {day: run_night(spark, store, day, lambda stage: None)
              for day in nights_between(FIRST_NIGHT, BEFORE_THE_BREAK)}
    return LivedWorld(truth, store, nights)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real test data; the test is skipped where it is absent."""
    folder = Path(os.environ.get("CANDOR_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"test data not found at {folder}")
    return folder
