"""From measurements to a verdict. Pure: the same findings always give the same verdict."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from expectations.contract import Invariant
from jobs.gate.measure import Baseline, Measurement
from jobs.ledger import PUBLISHABLE
from jobs.verdicts import BLOCK, HOLD, PASS, WARN

WARN_ONLY_NIGHTS = 14
"""Released nights before a measured comparison blocks instead of warning. A store that starts empty fills up: in the
night after the n-th everybody rises by K ln((1 - q^(n+1)) / (1 - q^n)), with K = 9.15 and q = 2^(-1/30) 6.2 points at
n = 1, 1.1 at n = 7 and 0.5 at n = 14. Source: gate-evidence section 5, cold start; algorithms-evidence section 2."""

WRAPPER_TABLE = "gate__findings"
WRAPPER_INVARIANT = "every_invariant_was_judged"
WRAPPER_WHY = "A check that was left out, or raised, has not said that the night is good."


@dataclass(frozen=True)
class Finding:
    """What one invariant said about one candidate."""

    checked_table: str
    invariant: str
    severity: str
    observed: float | None
    limit_min: float | None
    limit_max: float | None
    is_held: bool
    offenders: str | None
    why: str

    @property
    def line(self) -> str:
        """Which invariant, where, observed, limit, and the first broken places, in one line."""
        observed = "not measured" if self.observed is None else f"{self.observed:g}"
        limits = {"at least": self.limit_min, "at most": self.limit_max}
        expected = " and ".join(f"{word} {limit:g}" for word, limit in limits.items() if limit is not None)
        place = f"; {self.offenders}" if self.offenders else ""
        return f"{self.invariant} ({self.checked_table}): observed {observed}, expected {expected}{place}"

    def to_row(self) -> dict:
        """The finding as columns of gate__findings, without the key of the candidate."""
        return asdict(self)


@dataclass(frozen=True)
class Verdict:
    """The gate's answer about one candidate. Nulls: suspect, where to look first, is null unless it blocks."""

    snapshot_date: date
    candidate_id: str
    candidate_digest: str
    verdict: str
    findings: tuple[Finding, ...]
    suspect: str | None = None

    @property
    def is_publishable(self) -> bool:
        """Whether readers may see the candidate."""
        return self.verdict in PUBLISHABLE

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """Names of the invariants that did not hold and block; empty unless the verdict is block."""
        return tuple(f.invariant for f in self.findings if not f.is_held and f.severity == BLOCK)

    @property
    def not_held(self) -> tuple[Finding, ...]:
        """Findings that somebody should read, those that block first."""
        return tuple(sorted((f for f in self.findings if not f.is_held), key=lambda f: f.severity))

    def to_json(self) -> str:
        """The verdict and all of its findings as one line."""
        return json.dumps({
            "snapshot_date": self.snapshot_date.isoformat(), "candidate_id": self.candidate_id,
            "candidate_digest": self.candidate_digest, "verdict": self.verdict,
            "blocked_by": list(self.blocked_by), "suspect": self.suspect,
            "findings": [finding.to_row() for finding in self.findings],
        }, allow_nan=False)


def decide(findings: Sequence[Finding]) -> str:
    """The verdict over all findings; no findings at all is a gate that did not run, and blocks."""
    broken = {finding.severity for finding in findings if not finding.is_held}
    if not findings or broken - {WARN, HOLD}:
        return BLOCK
    return next((severity for severity in (HOLD, WARN) if severity in broken), PASS)


def finding(measurement: Measurement, is_kept: bool, baseline: Baseline) -> Finding:
    """What a measurement says; places are kept only where the invariant is broken."""
    invariant = measurement.invariant
    is_held = is_kept and invariant.is_kept_by(measurement.observed)
    return Finding(
        checked_table=invariant.table, invariant=invariant.name,
        severity=severity_now(invariant, measurement.observed, baseline),
        observed=measurement.observed, limit_min=invariant.limit_min, limit_max=invariant.limit_max,
        is_held=is_held, offenders=None if is_held else measurement.offenders, why=invariant.why,
    )


def severity_now(invariant: Invariant, observed: float | None, baseline: Baseline) -> str:
    """The severity of an invariant for a store of this age: a comparison with few releases behind it only warns.

    Nulls: a comparison that has a release to look at and could not be measured keeps its severity, and blocks; so does
    a count of the held that could not be measured.
    """
    is_young = observed is not None and baseline.released_nights < WARN_ONLY_NIGHTS
    if invariant.needs_release and (baseline.is_absent or is_young):
        return WARN
    if invariant.severity == HOLD and observed is None:
        return BLOCK
    return invariant.severity


def wrapper_finding(faults: Sequence[str]) -> Finding:
    """The finding about the judging itself: any fault blocks, whatever the severity of what was asked."""
    return Finding(
        checked_table=WRAPPER_TABLE, invariant=WRAPPER_INVARIANT, severity=BLOCK, observed=float(len(faults)),
        limit_min=None, limit_max=0.0, is_held=not faults, offenders="; ".join(faults) or None, why=WRAPPER_WHY,
    )
