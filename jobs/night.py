"""A whole night without Airflow: ingest what waits, score, propose, judge, publish. The same functions as the DAG."""

import gc
import json
from collections.abc import Callable
from datetime import date

from jobs.gate.candidate import judge_candidate
from jobs.ingest.waiting import Ingested, ingest_ahead, ingest_waiting
from jobs.manifest import Run
from jobs.nightly import score_night
from jobs.nights import NightResult, nights_between
from jobs.publish.candidate import propose
from jobs.publish.release import release
from jobs.session import open_session
from jobs.storage import Store

Tell = Callable[[str], None]


def run_night(spark, store: Store, snapshot_date: date, tell: Tell) -> NightResult:
    """Run one night in an open session; a blocked night is a result, not an error."""
    tell("ingest")
    return _after_ingest(spark, store, snapshot_date, ingest_waiting(store.settings, snapshot_date), tell)


def run_nights(
    store: Store, first: date, last: date, starting: Tell, ended: Callable[[NightResult], None]
) -> list[NightResult]:
    """Run several nights in one session, ingest one night ahead; starting and ended tell how far it is."""
    results, days = [], list(nights_between(first, last))
    gc.freeze()  # a million imported objects would be walked again by each full collection, several times a night
    with ingest_ahead(store.settings, days) as ingested, open_session(store.settings, f"nights from {first}") as spark:
        for day in days:
            starting(f"{day} ingest")
            results.append(
                _after_ingest(spark, store, day, ingested(), lambda stage, day=day: starting(f"{day} {stage}")))
            ended(results[-1])
    return results


def _after_ingest(spark, store: Store, snapshot_date: date, ingested: Ingested, tell: Tell) -> NightResult:
    run = Run(store, snapshot_date)
    run.record("ingest", ingested.seconds,
               {summary.feed: json.loads(summary.to_json()) for summary in ingested.summaries})
    tell("score")
    score_night(spark, store, snapshot_date, run)
    with run.stage("propose"):
        candidate = propose(store, snapshot_date)
    tell("gate")
    with run.stage("gate") as details:
        verdict = judge_candidate(store, snapshot_date, candidate.candidate_id, candidate.candidate_digest)
        details["verdict"] = verdict.verdict
    released = None
    if verdict.is_publishable:
        with run.stage("publish"):
            released = release(store, candidate)
    seconds = run.seconds()
    run.write()
    files = [file for summary in ingested.summaries for file in summary.files]
    return NightResult(
        snapshot_date=snapshot_date, verdict=verdict.verdict, blocked_by=list(verdict.blocked_by),
        release_number=released.release_number if released else None, refused_feeds=ingested.refused,
        findings=[finding.line for finding in verdict.not_held],
        row_count=sum(file.row_count for file in files), kept_row_count=sum(file.kept for file in files),
        quarantined_row_count=sum(file.quarantined for file in files), stage_seconds=seconds,
    )
