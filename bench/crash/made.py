"""Nights without an engine and without a gate run: made-up rows, staged, judged and released by the real protocol."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa

from jobs.events import Decision, append, open_ledger
from jobs.gate.candidate import finding_rows, judge_candidate, verdict_rows
from jobs.gate.decide import Finding, Verdict
from jobs.ingest.feeds import ingest_feed
from jobs.manifest import Run, now
from jobs.publish.candidate import Candidate, propose
from jobs.publish.release import release
from jobs.storage import Store
from jobs.tables import RELEASED_TABLES, TABLES

NOON = datetime(2030, 1, 3, 12, tzinfo=UTC)
USUAL = {"string": "made-up", "long": 3, "double": 1.5, "boolean": True, "points": Decimal("20.5"),
         "date": NOON.date(), "timestamp": NOON}
"""What a column holds that nothing is about, by type."""


def stage(store: Store, day: date, people: Iterable[str]) -> None:
    """Stage one row per person in each table that a night releases, as the scoring stage commits them."""
    for table in RELEASED_TABLES:
        rows = [_usual(table) | {"snapshot_date": day, "person_id": person} for person in people]
        written = store.write_rows(table, pa.Table.from_pylist(rows, TABLES[table].arrow_schema))
        store.replace_day(table, day, written)


def judge(store: Store, candidate: Candidate, verdict: str, blocking: str = "") -> None:
    """Write a verdict on a candidate, and the finding that blocks it, as the gate writes them."""
    findings = tuple(Finding("staged__scores", name, "block", 9.0, None, 0.0, False, None, "made up")
                     for name in filter(None, [blocking]))
    given = Verdict(candidate.snapshot_date, candidate.candidate_id, candidate.candidate_digest, verdict, findings)
    moment = now()
    store.append_rows("gate__findings", finding_rows(given, moment))
    store.append_rows("gate__verdicts", verdict_rows(given, moment))


def deliver_list(store: Store, folder: Path, day: date, account_ids: Iterable[str]) -> None:
    """Load a suppression list of a day through the real ingest stage."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"suppression-{day}.csv"
    rows = [f"mailinglist,{account}" for account in account_ids]
    path.write_text("\n".join(["network,account_id", *rows]) + "\n")
    facts = {"rows": len(rows), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(facts))
    ingest_feed(store, "suppression", [path], day)


def whole_night(store: Store, inbox: Path, day: date, people: Iterable[str]) -> str:
    """A night from its list to the row of its run, with a decision in the event ledger; the candidate's digest."""
    deliver_list(store, inbox, day, ["zoe"])
    stage(store, day, people)
    candidate = propose(store, day)
    with patch("jobs.gate.candidate.findings_of", lambda *asked: []), patch("jobs.gate.candidate.decide", _passes):
        judge_candidate(store, day, candidate.candidate_id, candidate.candidate_digest)
    release(store, candidate)
    run = Run(store, day)
    run.record("publish", 0.0, {})
    run.write()
    append(store, open_ledger(store), Decision("made_up", day.isoformat(), "bench", {}))
    return candidate.candidate_digest


def _passes(findings: Iterable) -> str:
    return "pass"


def _usual(table: str) -> dict:
    return {column.name: USUAL[column.type] for column in TABLES[table].columns}
