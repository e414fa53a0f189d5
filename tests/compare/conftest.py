"""What the tests of comparisons share: printed tables as DuckDB relations, and one pack of the lived world."""

import duckdb
import pytest

from jobs.audit.comparing.sources import add_limits
from jobs.comparing.compare import compare


@pytest.fixture
def db():
    """A connection that knows the limits of a comparison, and nothing else."""
    with duckdb.connect() as connection:
        add_limits(connection)
        yield connection


@pytest.fixture
def relation(db):
    """Makes a DuckDB table from a printed one: header `name:type`, cells split by |, an empty cell is null."""

    def build(name: str, text: str) -> None:
        header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
        columns = ", ".join("{} {}".format(*column.split(":")) for column in header)
        db.execute(f"CREATE TABLE {name} ({columns})")
        for row in rows:
            db.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(header))})", [cell or None for cell in row])

    return build


@pytest.fixture(scope="session")
def newest_night(lived_world):
    """The last released night of the lived world."""
    return max(day for day, result in lived_world.nights.items() if result.release_number)


@pytest.fixture(scope="session")
def lived_pack(lived_world, newest_night, tmp_path_factory):
    """The pack of v1 and v2 on the last night of the lived world."""
    return compare(lived_world.store, "v1", "v2", newest_night, tmp_path_factory.mktemp("packs") / "first")
