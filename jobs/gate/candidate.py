"""Judge one candidate: measure, judge, decide, and write down what was found."""

from collections.abc import Sequence
from datetime import date, datetime

import pyarrow as pa

from expectations.contract import Invariant, load_invariants
from jobs.failpoints import failpoint
from jobs.gate.attribution import first_suspect
from jobs.gate.calendar import load_calendar
from jobs.gate.decide import Finding, Verdict, decide, finding, wrapper_finding
from jobs.gate.judge import judge, metric_frame
from jobs.gate.measure import Baseline, measure_all, measured_baseline
from jobs.gate.proposal import find_proposal
from jobs.gate.relations import CALENDAR_FAULTS, Relations, open_relations, required_feeds
from jobs.gate.surprise import add_surprises
from jobs.gate.suspects import Suspect
from jobs.ledger import newest_release, visible_releases
from jobs.manifest import now
from jobs.storage import Store
from jobs.tables import TABLES


def judge_candidate(store: Store, snapshot_date: date, candidate_id: str, candidate_digest: str) -> Verdict:
    """Judge the candidate of a night, and append its findings and its verdict to the gate's tables.

    Nothing is published here: the release asks for the newest verdict on this very digest.
    Errors: MissingInput when no such candidate was proposed.
    """
    proposal = find_proposal(store, snapshot_date, candidate_id, candidate_digest)
    earlier = {release.snapshot_date for release in visible_releases(store) if release.snapshot_date < snapshot_date}
    relations = open_relations(store, proposal, newest_release(store, before=snapshot_date))
    suspects = suspects_by_history(store, relations, snapshot_date)
    findings = findings_of(load_invariants(), relations, measured_baseline(relations, len(earlier)))
    relations.connection.close()
    suspect = first_suspect(findings, suspects, required_feeds(store.settings))
    verdict = Verdict(snapshot_date, candidate_id, candidate_digest, decide(findings), tuple(findings), suspect)
    failpoint("gate.measured")
    recorded_at = now()
    store.append_rows("gate__findings", finding_rows(verdict, recorded_at))
    failpoint("gate.findings_written")
    store.append_rows("gate__verdicts", verdict_rows(verdict, recorded_at))
    failpoint("gate.verdict_written")
    return verdict


def suspects_by_history(store: Store, relations: Relations, snapshot_date: date) -> tuple[Suspect, ...]:
    """Open the relations that say what the calendar and the nights before think of this one."""
    calendar = load_calendar(store.settings)
    faults = [{"place": fault} for fault in calendar.faults]
    relations.add_arrow("calendar_faults", pa.Table.from_pylist(faults, schema=CALENDAR_FAULTS))
    return add_surprises(store, relations, snapshot_date, calendar)


def findings_of(invariants: Sequence[Invariant], relations: Relations, baseline: Baseline) -> list[Finding]:
    """One finding per invariant, and one about the judging itself."""
    measurements = measure_all(invariants, relations, baseline)
    outcome = judge(metric_frame(measurements), invariants)
    found = [finding(m, m.invariant.name in outcome.kept, baseline) for m in measurements]
    return [*found, wrapper_finding(outcome.faults)]


def finding_rows(verdict: Verdict, recorded_at: datetime) -> pa.Table:
    """The findings as rows of gate__findings, at the moment of their verdict: a candidate may be judged again."""
    key = {"snapshot_date": verdict.snapshot_date, "candidate_id": verdict.candidate_id, "recorded_at": recorded_at}
    rows = [{**key, **finding.to_row()} for finding in verdict.findings]
    return pa.Table.from_pylist(rows, schema=TABLES["gate__findings"].arrow_schema)


def verdict_rows(verdict: Verdict, recorded_at: datetime) -> pa.Table:
    """The verdict as the one row of gate__verdicts."""
    row = {
        "snapshot_date": verdict.snapshot_date, "candidate_id": verdict.candidate_id,
        "candidate_digest": verdict.candidate_digest, "verdict": verdict.verdict,
        "blocked_by": ", ".join(verdict.blocked_by) or None, "suspect": verdict.suspect, "recorded_at": recorded_at,
    }
    return pa.Table.from_pylist([row], schema=TABLES["gate__verdicts"].arrow_schema)
