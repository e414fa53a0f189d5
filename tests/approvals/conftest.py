"""A store whose nights are staged, judged and released without any engine; its people are made up."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from jobs.manifest import now
from jobs.publish.candidate import Candidate, propose
from jobs.publish.release import release
from jobs.storage import Store
from jobs.tables import RELEASED_TABLES, TABLES

FIRST = date(2030, 1, 1)
USUAL = {"string": "made-up", "long": 3, "double": 1.5, "boolean": True, "points": Decimal("20.5"),
         "date": FIRST, "timestamp": datetime(2030, 1, 1, 12, tzinfo=UTC)}
"""What a column holds that a test is not about, by type."""


def rows_of(table: str, *rows: dict) -> pa.Table:
    usual = {column.name: USUAL[column.type] for column in TABLES[table].columns}
    return pa.Table.from_pylist([usual | row for row in rows], TABLES[table].arrow_schema)


@pytest.fixture
def add(store) -> Callable[..., None]:
    """Appends rows to a table; columns that are not given hold their usual value."""
    return lambda table, *rows: store.append_rows(table, rows_of(table, *rows))


@pytest.fixture
def propose_night(store) -> Callable[..., Candidate]:
    """Stages one row per person in each table of a night, with the columns that are given, and proposes it."""

    def made(day: date, *people: str, **columns: object) -> Candidate:
        for table in RELEASED_TABLES:
            rows = rows_of(table, *({"snapshot_date": day, "person_id": person, "algorithm_version": "v2",
                                     "topic_id": "_overall"} | columns for person in people))
            store.replace_day(table, day, store.write_rows(table, rows))
        return propose(store, day)

    return made


@pytest.fixture
def judge(add) -> Callable[..., None]:
    """Writes down a verdict: the invariants that block, or none for a candidate that passes."""

    def judged(candidate: Candidate, *blocking: str, observed: float = 9.0) -> None:
        key = {"snapshot_date": candidate.snapshot_date, "candidate_id": candidate.candidate_id, "recorded_at": now()}
        findings = [{"invariant": name, "is_held": name not in blocking, "severity": "block", "observed": observed}
                    for name in ("rows_are_conserved", *blocking)]
        add("gate__findings", *(key | finding for finding in findings))
        add("gate__verdicts", key | {"candidate_digest": candidate.candidate_digest, "blocked_by": None,
                                     "verdict": "block" if blocking else "pass"})

    return judged


@pytest.fixture
def release_night(store, propose_night, judge):
    """Releases a night of some people."""

    def made(day: date, *people: str, **columns: object):
        candidate = propose_night(day, *people, **columns)
        judge(candidate)
        return release(Store(store.settings), candidate)

    return made
