"""What a reader may see at any moment: exactly one whole, audited release."""

import json
import signal

from pyiceberg.catalog.sql import IcebergTables
from pyiceberg.table import StaticTable
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.answers.reading import Reader
from jobs.digest import night_digest
from jobs.ledger import PUBLISHABLE, Release, releases
from jobs.settings import Settings
from jobs.storage import MAIN, Store, on_day, snapshot_id
from jobs.tables import RELEASED_TABLES

DOOR_EVERY = 100
"""Every so many reads go through the reading door too, which costs as much as twenty others."""

PROBLEMS_KEPT = 5

LINES_DO_NOT_ADD_UP = """
    SELECT count(*) AS people
    FROM (SELECT * FROM pub__scores WHERE influence_score IS NOT NULL)
    FULL JOIN (
        SELECT snapshot_date, person_id, topic_id, algorithm_version, sum(points) AS points
        FROM pub__contributions
        GROUP BY ALL
    ) USING (snapshot_date, person_id, topic_id, algorithm_version)
    WHERE influence_score - 1 IS DISTINCT FROM points
"""


def read_until_told(settings: Settings) -> dict:
    """Read in a loop until SIGTERM; how many reads, which releases were seen, and what was wrong."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: told.append(number))
    store, count, seen, problems = Store(settings), 0, set(), []
    while not told:
        count += 1
        try:
            seen.add(read_ledger(store) if count % 2 else read_pointers(store))
            if count % DOOR_EVERY == 0:
                read_door(store)
        except Exception as error:  # a reader that cannot read is a finding, whatever it raises
            problems.append(f"{type(error).__name__}: {error}")
    return {"reads": count, "releases": sorted(seen), "problem_count": len(problems),
            "problems": problems[:PROBLEMS_KEPT]}


def read_ledger(store: Store) -> str:
    """Read the night of the newest ledger row at the snapshots that it names: its rows have the released digest."""
    newest = releases(store)[-1]
    _require(newest.expected_hash() == newest.chain_hash, f"{newest.release_id} is not what was chained")
    _require(newest.verdict in PUBLISHABLE, f"{newest.release_id} has verdict {newest.verdict}")
    _require(rows_digest(store, newest) == newest.candidate_digest, f"{newest.release_id} has other rows")
    return newest.release_id


def rows_digest(store: Store, release: Release) -> str:
    """The digest of what a release shows for its night."""
    day = on_day(release.snapshot_date)
    files = {table: store.files(table, day, snapshot=release.table_snapshots[table])
             for table in RELEASED_TABLES.values()}
    return night_digest(files, release.snapshot_date)


def read_pointers(store: Store) -> str:
    """Read the pointers of all published tables at one moment: main of each is what the newest ledger row names."""
    with Session(store.catalog.engine) as session:
        named = select(IcebergTables.table_name, IcebergTables.metadata_location)
        pointers = {name: place for name, place in session.execute(named) if name.startswith("pub__")}
    tables = {name: StaticTable.from_metadata(place) for name, place in pointers.items()}
    rows = tables["pub__releases"].scan().to_arrow().to_pylist()
    row = max(rows, key=lambda row: row["release_number"])
    newest = Release(**{**row, "table_snapshots": json.loads(row["table_snapshots"])})
    for name in RELEASED_TABLES.values():
        main = snapshot_id(tables[name], MAIN)
        _require(main == newest.table_snapshots[name], f"main of {name} is not that of {newest.release_id}")
    return newest.release_id


def read_door(store: Store) -> None:
    """Ask the reading door: the lines of every score add up to it."""
    with Reader(store) as reader:
        [answer] = reader.ask(LINES_DO_NOT_ADD_UP).rows()
    _require(answer["people"] == 0, f"{answer['people']} scores are not the sum of their lines")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)

