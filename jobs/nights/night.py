"""A whole night without Airflow: ingest what waits, score, propose, judge, publish. The same functions as the DAG."""

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from jobs.concurrency import in_parallel
from jobs.gate.candidate import judge_candidate
from jobs.gate.decide import Verdict
from jobs.ingest.inbox import Ingested, ingest_ahead, ingest_waiting
from jobs.ledger import Release, newest_release
from jobs.manifest import Run
from jobs.nights.nightly import audit_night, stage_night
from jobs.nights.results import NightResult, nights_between
from jobs.notifying import notify
from jobs.publish.candidate import Candidate, propose, require_newest_state
from jobs.publish.release import release
from jobs.report.gate import write_report
from jobs.session import open_session
from jobs.storage import Store

Tell = Callable[[str], None]


@dataclass
class Staged:
    """A night that is scored on the state of a release, or of the candidate that is about to become one.

    base: candidate_id of that state; None when the night started from nothing.
    """

    run: Run
    ingested: Ingested
    base: str | None

    @property
    def snapshot_date(self) -> date:
        """The night."""
        return self.run.snapshot_date


def run_night(spark, store: Store, snapshot_date: date, tell: Tell) -> NightResult:
    """Run one night in an open session; a blocked night is a result, not an error."""
    tell("ingest")
    ingested = ingest_waiting(store.settings, snapshot_date)
    tell("score")
    night = _stage(spark, store, snapshot_date, ingested, newest_release(store, before=snapshot_date))
    candidate = _propose(spark, store, night)
    tell("gate")
    return _end(store, night, candidate)


def run_nights(
    store: Store, first: date, last: date, starting: Tell, ended: Callable[[NightResult], None]
) -> list[NightResult]:
    """Run several nights in one session; starting and ended report how far it is.

    Nights are ingested ahead, and each is scored on the state of the candidate before it while the gate looks at that
    one. Where the gate blocks, it is scored again on the state of the last release.
    """
    days = list(nights_between(first, last))
    following = dict(pairwise(days))
    results, staged = [], None
    gc.freeze()  # a million imported objects would be walked again by each full collection, several times a night
    with ingest_ahead(store.settings, days) as ingested, open_session(store.settings, f"nights from {first}") as spark:
        def stage(day: date | None, base: Candidate | Release | None) -> Staged | None:
            return _stage(spark, store, day, ingested(), base) if day else None

        for day in days:
            starting(f"{day} score")
            with notify.failures_told(store, day):
                night = _on_a_release(spark, store, staged) if staged else stage(
                    day, newest_release(store, before=day))
                candidate = _propose(spark, store, night)
                starting(f"{day} gate")
                result, staged = in_parallel(
                    lambda night=night, candidate=candidate: _end(store, night, candidate),
                    lambda day=day, candidate=candidate: stage(following.get(day), candidate))
            results.append(result)
            ended(result)
    return results


def _stage(
    spark, store: Store, snapshot_date: date, ingested: Ingested, base: Candidate | Release | None
) -> Staged:
    run = Run(store, snapshot_date)
    run.record("ingest", ingested.seconds,
               {summary.feed: json.loads(summary.to_json()) for summary in ingested.summaries})
    stage_night(spark, store, snapshot_date, base, run)
    return Staged(run, ingested, base.candidate_id if base else None)


def _on_a_release(spark, store: Store, night: Staged) -> Staged:
    """The night as it is when its state was released; else scored again on the state that was."""
    release = newest_release(store, before=night.snapshot_date)
    if (release.candidate_id if release else None) == night.base:
        return night
    return _stage(spark, store, night.snapshot_date, night.ingested, release)


def _propose(spark, store: Store, night: Staged) -> Candidate:
    audit_night(spark, store, night.snapshot_date, night.run)
    with night.run.stage("propose"):
        candidate = propose(store, night.snapshot_date)
        require_newest_state(store, night.snapshot_date, night.base)
        return candidate


def _end(store: Store, night: Staged, candidate: Candidate) -> NightResult:
    """Judge, publish what may be published, and send notices."""
    run, released = night.run, None
    with run.stage("gate") as details:
        verdict = judge_candidate(store, night.snapshot_date, candidate.candidate_id, candidate.candidate_digest)
        details["verdict"] = verdict.verdict
    if verdict.is_publishable:
        with run.stage("publish"):
            released = release(store, candidate)
    with run.stage("report"):
        write_report(store, night.snapshot_date)
    if store.settings.notify:
        with run.stage("notify") as details:
            details.update(notify.tell(store, night.snapshot_date))
    seconds = run.seconds()
    run.write()
    return _result(night, verdict, released, seconds)


def _result(night: Staged, verdict: Verdict, released: Release | None, seconds: dict[str, float]) -> NightResult:
    files = [file for summary in night.ingested.summaries for file in summary.files]
    return NightResult(
        snapshot_date=night.snapshot_date, verdict=verdict.verdict, blocked_by=list(verdict.blocked_by),
        release_number=released.release_number if released else None, refused_feeds=night.ingested.refused,
        findings=[finding.line for finding in verdict.not_held],
        row_count=sum(file.row_count for file in files), kept_row_count=sum(file.kept for file in files),
        quarantined_row_count=sum(file.quarantined for file in files), stage_seconds=seconds,
        suspect=verdict.suspect,
    )
