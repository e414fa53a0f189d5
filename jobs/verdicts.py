"""What the gate said about a candidate, each time that it was asked; with the digest that an approval is tied to."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from jobs.storage import Store, on_day
from jobs.tables import TABLES

PASS, WARN, HOLD, BLOCK = "pass", "warn", "hold", "block"
"""Verdicts; the last three are severities of a finding too."""


@dataclass(frozen=True)
class RecordedVerdict:
    """One verdict over one candidate, and the names of what blocked it.

    Nulls: verdict_digest is null when the verdict has no finding: then nobody can say what it rests on. suspect, where
    to look first, is null when nothing was suspected.
    """

    snapshot_date: date
    candidate_id: str
    candidate_digest: str
    verdict: str
    blocking: tuple[str, ...]
    verdict_digest: str | None
    recorded_at: datetime
    suspect: str | None = None


def recorded_verdicts(store: Store, snapshot_date: date) -> list[RecordedVerdict]:
    """Every verdict over the candidates of a night, oldest first."""
    findings = store.arrow("gate__findings", on_day(snapshot_date)).to_pylist()
    verdicts = store.arrow("gate__verdicts", on_day(snapshot_date)).to_pylist()
    return [recorded_verdict(verdict, findings) for verdict in sorted(verdicts, key=lambda row: row["recorded_at"])]


def recorded_verdict(verdict: dict, findings: Iterable[dict]) -> RecordedVerdict:
    """A row of gate__verdicts with its rows of gate__findings; what blocks is what either of them names."""
    moment = (verdict["candidate_id"], verdict["recorded_at"])
    own = [row for row in findings if (row["candidate_id"], row["recorded_at"]) == moment]
    found = {row["invariant"] for row in own if not row["is_held"] and row["severity"] not in (WARN, HOLD)}
    named = {name.strip() for name in (verdict["blocked_by"] or "").split(",") if name.strip()}
    return RecordedVerdict(
        snapshot_date=verdict["snapshot_date"], candidate_id=verdict["candidate_id"],
        candidate_digest=verdict["candidate_digest"], verdict=verdict["verdict"],
        blocking=tuple(sorted(found | named)), verdict_digest=findings_digest(own) if own else None,
        recorded_at=verdict["recorded_at"], suspect=verdict["suspect"],
    )


def findings_digest(findings: Iterable[dict]) -> str:
    """sha256 over findings without their moment: judged again with the same outcome, a candidate has the same one."""
    names = [name for name in TABLES["gate__findings"].column_names if name != "recorded_at"]
    lines = sorted(json.dumps([row[name] for name in names], default=str) for row in findings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
