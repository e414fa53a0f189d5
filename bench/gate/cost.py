"""What the gate costs beside the scoring it judges: processor seconds of the last night of a made-up world."""

import resource
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from bench.speed.usage import Steps
from expectations.contract import load_invariants
from jobs.demo.world import make_world
from jobs.gate.candidate import judge_candidate, suspects_by_history
from jobs.gate.judge import judge, metric_frame
from jobs.gate.measure import measure_all, measured_baseline
from jobs.gate.proposal import find_proposal
from jobs.gate.relations import open_relations
from jobs.ingest.inbox import ingest_waiting
from jobs.ledger import newest_release
from jobs.manifest import Run
from jobs.nights.nightly import audit_night, stage_night
from jobs.publish.candidate import Candidate, propose
from jobs.publish.release import release
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store
from jobs.terminal import show_line

FIRST_NIGHT = date(2030, 1, 1)

WITHOUT, WITH = "import pandas, jobs.storage", "import jobs.gate.judge"


def cost_of(people: int, nights: int) -> dict:
    """Processor and wall seconds of the steps of the last night, and of the parts of its gate."""
    home = Path(tempfile.mkdtemp(prefix="candor-cost-"))
    try:
        make_world(home, people=people, days=nights)
        store, last = Store(Settings(home=home)), FIRST_NIGHT + timedelta(days=nights - 1)
        with open_session(store.settings, "bench cost") as spark:
            for back in range(nights):
                steps, candidate, row_count = _night(spark, store, FIRST_NIGHT + timedelta(days=back))
                show_line(f"night {back + 1} of {nights}: {sum(steps.processor.values()):.1f} processor seconds")
        parts = _parts_of_the_gate(store, candidate)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return {"people": people, "nights": nights, "last": str(last), "rows": row_count, "steps": _rows(steps),
            "parts": _rows(parts), "importing": _seconds_of_importing()}


def _night(spark, store: Store, night: date) -> tuple[Steps, Candidate, int]:
    steps, run = Steps(), Run(store, night)
    with steps.step("ingest"):
        ingested = ingest_waiting(store.settings, night)
    with steps.step("scoring: topics, engagement and scores"):
        stage_night(spark, store, night, newest_release(store, before=night), run)
    with steps.step("scoring: holds and statistics"):
        audit_night(spark, store, night, run)
    with steps.step("propose"):
        candidate = propose(store, night)
    with steps.step("gate"):
        verdict = judge_candidate(store, night, candidate.candidate_id, candidate.candidate_digest)
    show_line(f"{night}: {verdict.verdict} {', '.join(verdict.blocked_by)}")
    with steps.step("publish"):
        release(store, candidate)
    return steps, candidate, sum(file.row_count for summary in ingested.summaries for file in summary.files)


def _parts_of_the_gate(store: Store, candidate: Candidate) -> Steps:
    """The same candidate judged once more, part by part; nothing is written."""
    parts, night = Steps(), candidate.snapshot_date
    with parts.step("open the relations"):
        proposal = find_proposal(store, night, candidate.candidate_id, candidate.candidate_digest)
        relations = open_relations(store, proposal, newest_release(store, before=night))
    with parts.step("judge by history"):
        suspects_by_history(store, relations, night)
    with parts.step("measure every invariant"):
        invariants = load_invariants()
        baseline = measured_baseline(relations, 1)
        measurements = measure_all(invariants, relations, baseline)
    with parts.step("Great Expectations"):
        judge(metric_frame(measurements), invariants)
    return parts


def _seconds_of_importing() -> float:
    """What Great Expectations adds to a process that judges one night and ends."""
    return _seconds_of(f"{WITHOUT}; {WITH}") - _seconds_of(WITHOUT)


def _seconds_of(code: str) -> float:
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - started.ru_utime - started.ru_stime


def _rows(steps: Steps) -> list[dict]:
    return [{"step": name, "processor": steps.processor[name], "wall": seconds} for name, seconds in steps.wall.items()]
