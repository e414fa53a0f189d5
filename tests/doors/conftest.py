"""A released garden: a few nights of made-up people, kept as printed tables in the folder garden."""

import json
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from jobs.answers.reading import Reader
from jobs.schema import ARROW_TYPES
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import TABLES

USUAL = {"string": "", "long": "0", "double": "0", "boolean": "true", "date": "2030-01-01",
         "timestamp": "2030-01-01T00:00:00Z", "points": "0"}
"""What an unprinted column holds, by type, where null has no meaning."""

GARDEN = Path(__file__).parent / "garden"
RELEASED = ("pub__scores", "pub__contributions", "pub__evidence", "pub__changes", "feature__trust_seeds",
            "audit__holds")


def printed_rows(text: str) -> list[dict]:
    """The rows of a printed table, as text; an empty cell is None."""
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(header, [cell or None for cell in row], strict=True)) for row in rows]


def arrow_rows(name: str, text: str, **fixed: str) -> pa.Table:
    """A printed table as rows of a declared table; what is not printed has its usual value."""
    rows = [row | fixed for row in printed_rows(text)]
    columns = {}
    for column in TABLES[name].columns:
        usual = None if column.null_meaning else USUAL[column.type]
        columns[column.name] = pa.array([row.get(column.name, usual) for row in rows]).cast(ARROW_TYPES[column.type])
    return pa.table(columns, schema=TABLES[name].arrow_schema)


def commit_rows(store: Store, name: str, text: str, **fixed: str) -> None:
    """Commit a printed table to a store, one file a day."""
    rows = arrow_rows(name, text, **fixed)
    for day in sorted(set(rows["snapshot_date"].to_pylist())):
        store.append_rows(name, rows.filter(pc.equal(rows["snapshot_date"], pa.scalar(day, pa.date32()))))


def commit_releases(store: Store, text: str) -> None:
    """Write ledger rows that freeze the released tables of a store as they are now."""
    snapshots = {name: store.iceberg(name).current_snapshot() for name in RELEASED}
    frozen = {name: snapshot.snapshot_id for name, snapshot in snapshots.items() if snapshot}
    commit_rows(store, "pub__releases", text, table_snapshots=json.dumps(frozen))


def plant(store: Store) -> Store:
    """Commit the garden to an empty store."""
    for name in (*RELEASED, "gate__verdicts", "gate__findings"):
        commit_rows(store, name, (GARDEN / f"{name}.txt").read_text())
    commit_releases(store, (GARDEN / "pub__releases.txt").read_text())
    return store


@pytest.fixture
def write(store):
    """Commits a printed table to the store of the test."""
    return partial(commit_rows, store)


@pytest.fixture
def release(store):
    """Writes ledger rows into the store of the test."""
    return partial(commit_releases, store)


@pytest.fixture
def garden(store):
    """A garden of its own, for a test that changes it."""
    return plant(store)


@pytest.fixture(scope="session")
def planted(tmp_path_factory):
    """The garden that all reading tests share; none of them may change it."""
    return plant(Store(Settings(home=tmp_path_factory.mktemp("garden") / "store")))


@pytest.fixture(scope="session")
def versions_file(tmp_path_factory):
    """A released.toml in which v2 is active."""
    path = tmp_path_factory.mktemp("versions") / "released.toml"
    path.write_text('active = "v2"\n')
    return path


@pytest.fixture(scope="session")
def reader(planted, versions_file):
    """A reader of the shared garden."""
    with Reader(planted, versions_file) as shared:
        yield shared


@pytest.fixture
def assert_rows():
    """Compares rows with a printed table: the printed columns, in order, as a person would write them."""

    def compare(rows: list[dict], text: str) -> None:
        expected = printed_rows(text)
        names = list(expected[0]) if expected else []
        assert [{name: _written(row[name]) for name in names} for row in rows] == expected

    return compare


def _written(value: object) -> str | None:
    if value is None or isinstance(value, str | date | bool):
        return None if value is None else str(value)
    return f"{float(value):g}" if float(value) == float(f"{float(value):g}") else str(float(value))
