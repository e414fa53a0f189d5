"""A store of a few released nights, scored with several made-up versions, without any engine."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.publish.candidate import propose
from jobs.publish.release import release
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import RELEASED_TABLES, TABLES

FIRST = date(2030, 1, 1)
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)

USUAL = {"string": "made-up", "long": 3, "double": 1.5, "boolean": True, "points": Decimal("20.5"),
         "date": FIRST, "timestamp": NOON}
"""What a column holds that a test is not about, by type."""


def usual_row(table: str, **known: object) -> dict:
    """A row of a table in which only some columns matter."""
    return {column.name: USUAL[column.type] for column in TABLES[table].columns} | known


def release_night(store: Store, day: date, versions: tuple[str, ...], *scores: dict) -> None:
    """Stage one row per version in each table of a night, and more scores where they are given; pass and release it."""
    for table in RELEASED_TABLES:
        rows = [usual_row(table, snapshot_date=day, algorithm_version=version) for version in versions]
        rows += [usual_row(table, snapshot_date=day, **score) for score in scores if table == "staged__scores"]
        store.replace_day(table, day, store.write_rows(table, pa.Table.from_pylist(rows, TABLES[table].arrow_schema)))
    candidate = propose(store, day)
    key = {name: getattr(candidate, name) for name in ("snapshot_date", "candidate_id", "candidate_digest")}
    verdict = usual_row("gate__verdicts", **key, verdict="pass")
    store.append_rows("gate__verdicts", pa.Table.from_pylist([verdict], TABLES["gate__verdicts"].arrow_schema))
    release(store, candidate)


@pytest.fixture
def release_nights(store) -> Callable[..., Store]:
    """Releases nights from the first of January on: how many, and the versions that each holds."""

    def nights(count: int, *versions: str, after: int = 0) -> Store:
        for offset in range(after, after + count):
            release_night(store, FIRST + timedelta(days=offset), versions)
        return store

    return nights


@pytest.fixture
def store(tmp_path) -> Store:
    """An empty store whose settings ask for three nights in the shadow and two days of notice."""
    return Store(replace(Settings(home=tmp_path / "store"), shadow_nights=3, notice_days=2))


@pytest.fixture(scope="session")
def room(tmp_path_factory) -> Path:
    """A scoring room: v1, v2 and v3 are released, v2 is the first active one, v4 is a draft."""
    folder = tmp_path_factory.mktemp("scoring")
    (folder / "algorithms").mkdir()
    for name in ("v1", "v2", "v3", "v4"):
        (folder / "algorithms" / f"{name}.py").touch()
    (folder / "released.toml").write_text('active = "v2"\n[v1]\n[v2]\n[v3]\n')
    return folder
