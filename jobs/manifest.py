"""What a run was made of: inputs, versions, code, durations; one row of ops__runs per stage."""

import hashlib
import json
import platform
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from jobs.failpoints import failpoint
from jobs.storage import Store
from jobs.tables import TABLES

ROOM = Path(__file__).parent
LIBRARIES = ("apache-airflow", "pyspark", "pysail", "pyarrow", "pyiceberg", "great-expectations", "duckdb")


def now() -> datetime:
    """The time of writing, UTC: the only clock in jobs/ that knows the date; durations come from monotonic ones."""
    return datetime.now(UTC)


def code_digest() -> str:
    """sha256 over every source, lexicon and calibration file of jobs/."""
    digest = hashlib.sha256()
    for path in sorted(p for p in ROOM.rglob("*") if p.suffix in (".py", ".toml", ".json", ".csv")):
        digest.update(path.relative_to(ROOM).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


class Run:
    """The stages of one run, timed and written together as rows of ops__runs."""

    def __init__(self, store: Store, snapshot_date: date):
        self.store, self.snapshot_date = store, snapshot_date
        self.run_id = uuid.uuid4().hex
        self.rows: list[dict] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[dict]:
        """Time a stage; what it puts into the yielded dict becomes its details."""
        details: dict = {}
        started = time.monotonic()
        yield details
        self.record(name, time.monotonic() - started, details)

    def record(self, stage: str, seconds: float, details: dict) -> None:
        """Add a stage that ended, wherever it was timed."""
        self.rows.append({
            "snapshot_date": self.snapshot_date, "run_id": self.run_id, "stage": stage,
            "engine": self.store.settings.engine, "duration_seconds": round(seconds, 3),
            "details": json.dumps(details, default=str, sort_keys=True), "recorded_at": now(),
        })

    def seconds(self) -> dict[str, float]:
        """Wall seconds per stage so far."""
        return {row["stage"]: row["duration_seconds"] for row in self.rows}

    def write(self) -> None:
        """Commit the rows of the run, with the versions of code and libraries on the first one."""
        if self.rows:
            first = json.loads(self.rows[0]["details"])
            versions = {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()}
            self.rows[0]["details"] = json.dumps(
                {**first, "code_digest": code_digest(), "versions": versions}, default=str, sort_keys=True)
            schema = TABLES["ops__runs"].arrow_schema
            self.store.append_rows("ops__runs", pa.Table.from_pylist(self.rows, schema=schema))
            failpoint("runs.recorded")
            self.rows = []
