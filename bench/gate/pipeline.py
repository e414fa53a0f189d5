"""Faults through the whole pipeline: files in the inbox, or tables before the gate, of a small made-up world."""

import hashlib
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.gate import inbox_faults as faults
from bench.gate.mature import plant
from jobs.demo.world import FEEDS, make_world
from jobs.gate.candidate import judge_candidate
from jobs.ingest.waiting import ingest_waiting
from jobs.manifest import Run
from jobs.night import run_night, run_nights
from jobs.nightly import score_night
from jobs.publish.candidate import propose
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store, on_day
from jobs.terminal import show_line

PEOPLE, NIGHTS_BEFORE = 200, 16
"""The smallest world, and two nights more than the comparisons with the last release need to warm up."""

MATURE_PEOPLE, MATURE_NIGHTS, PLANTED_NIGHTS = 400, 45, 100
"""Nights that are run, the broken feed of the made-up world and its gap among them, and those planted before them: 120
released nights end the warm-up, and the threshold is the pooled one until 180."""

FIRST_DAY = date(2030, 1, 1)
STAGED = "staged__scores"

InInbox = Callable[[Path, date, np.random.Generator], None]
InScores = Callable[[pa.Table, np.random.Generator], pa.Table]


@dataclass(frozen=True)
class Case:
    """A kind of fault and the function that puts it into the inbox, or into the staged scores."""

    kind: str
    where: str
    breaks: Callable


def without_a_feed(inbox: Path, day: date, random: np.random.Generator) -> None:
    """One network delivers nothing."""
    shutil.rmtree(inbox / random.choice(list(FEEDS)) / str(day))


def with_a_broken_file(inbox: Path, day: date, random: np.random.Generator) -> None:
    """The largest file of a network breaks off."""
    files = sorted((inbox / random.choice(["twitter", "stackexchange"]) / str(day)).rglob("*.*"),
                   key=lambda path: path.stat().st_size)
    content = files[-1].read_bytes()
    files[-1].write_bytes(content[: int(len(content) * random.uniform(0.3, 0.9))])


def with_yesterdays_files(inbox: Path, day: date, random: np.random.Generator) -> None:
    """A network delivers what it delivered the day before."""
    feed = inbox / random.choice(list(FEEDS))
    shutil.rmtree(feed / str(day))
    shutil.copytree(feed / str(day - timedelta(days=1)), feed / str(day))


def with_a_shorter_list(inbox: Path, day: date, random: np.random.Generator) -> None:
    """The suppression list lost its end, and its manifest agrees."""
    file = inbox / "suppression" / str(day) / "suppression.csv"
    header, *rows = file.read_text().splitlines()
    kept = rows[: int(random.integers(1, len(rows)))]
    file.write_text("\n".join([header, *kept]) + "\n")
    said = {"rows": len(kept), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    file.with_name(f"{file.name}.manifest.json").write_text(json.dumps(said))


def without_some_scores(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """A part of the scores is missing where a score should be."""
    gone = random.random(len(rows)) < random.uniform(0.01, 0.2)
    return _with_scores(rows, pc.if_else(pa.array(gone), None, rows.column("influence_score")))


def with_lower_scores(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """Everybody is lower by one to five points."""
    scores = pc.cast(rows.column("influence_score"), pa.float64())
    lower = pc.max_element_wise(pc.subtract(scores, float(random.uniform(1, 5))), 1.0, skip_nulls=False)
    return _with_scores(rows, lower)


def with_swapped_scores(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """Some people have each other's scores."""
    place = np.arange(len(rows))
    chosen = random.choice(len(rows), max(int(random.uniform(0.02, 0.3) * len(rows)), 2), replace=False)
    place[chosen] = np.roll(chosen, 1)
    return _with_scores(rows, rows.column("influence_score").take(pa.array(place)))


def with_rows_twice(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """Some rows are there twice."""
    return pa.concat_tables([rows, rows.slice(0, int(random.integers(1, len(rows))))])


def without_a_topic(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """A topic is gone, as when its dictionary broke."""
    topics = sorted(set(rows.column("topic_id").to_pylist()) - {"_overall"})
    return rows.filter(pc.not_equal(rows.column("topic_id"), str(random.choice(topics))))


INBOX_CASES = (
    Case("feed missing", "inbox", without_a_feed), Case("file broken off", "inbox", with_a_broken_file),
    Case("stale feed", "inbox", with_yesterdays_files),
    Case("suppression list truncated", "inbox", with_a_shorter_list),
)
SCORE_CASES = (
    Case("scores missing", STAGED, without_some_scores), Case("everybody lower by the data", STAGED, with_lower_scores),
    Case("scores swapped by a join", STAGED, with_swapped_scores), Case("rows twice", STAGED, with_rows_twice),
    Case("topic lost", STAGED, without_a_topic),
)


STATISTICAL_CASES = (
    Case("rows lost upstream", "inbox", faults.rows_lost), Case("bot burst", "inbox", faults.bot_burst),
    Case("sent twice under new keys", "inbox", faults.sent_twice),
    Case("time zone of a feed", "inbox", faults.other_time_zone),
    Case("stale feed, exported anew", "inbox", faults.exported_anew), Case("cohort lost", "inbox", faults.cohort_lost),
    Case("late rows", "inbox", faults.late_rows),
)


def through_the_pipeline(repeats: int) -> dict:
    """Run every case the given number of times; plain rows with how many nights were blocked, and by what."""
    folder = Path(tempfile.mkdtemp(prefix="candor-gate-"))
    home, kept = folder / "home", folder / "kept"
    night = FIRST_DAY + timedelta(days=NIGHTS_BEFORE)
    try:
        with open_session(Settings(home=home), "bench gate") as spark:
            make_world(home, people=PEOPLE, days=NIGHTS_BEFORE + 1)
            for back in range(NIGHTS_BEFORE):
                run_night(spark, Store(Settings(home=home)), FIRST_DAY + timedelta(days=back), lambda _: None)
            shutil.copytree(home, kept)
            rows = [_in_inbox(spark, home, kept, night, case, repeats) for case in INBOX_CASES]
            rows += _in_scores(spark, home, kept, night, repeats)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"people": PEOPLE, "nights_before": NIGHTS_BEFORE, "kinds": rows}


def statistics_through_the_pipeline(repeats: int) -> dict:
    """Statistical kinds on a store whose limits are learned; the night after its last one is broken again and again."""
    folder = Path(tempfile.mkdtemp(prefix="candor-gate-"))
    night = FIRST_DAY + timedelta(days=MATURE_NIGHTS)
    try:
        make_world(folder / "kept", people=MATURE_PEOPLE, days=MATURE_NIGHTS + 1)
        store = Store(Settings(home=folder / "kept"))
        run_nights(store, FIRST_DAY, night - timedelta(days=1), lambda _: None, lambda _: None)
        return statistics_on(folder / "kept", folder / "home", night, repeats)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def statistics_on(kept: Path, home: Path, night: date, repeats: int) -> dict:
    """The same on a store that has run its nights already; home: where copies of it are broken."""
    plant(Store(Settings(home=kept)), PLANTED_NIGHTS, np.random.default_rng(7))
    with open_session(Settings(home=kept), "bench gate") as spark:
        started = time.process_time()
        clean = _on_a_copy(spark, home, kept, night, lambda *_: None, np.random.default_rng(0))
        show_line(f"the clean night: {clean.verdict}")
        rows = [_row(case, [(said.verdict, said.blocked_by) for said in (
            _on_a_copy(spark, home, kept, night, case.breaks, np.random.default_rng([403, repeat]))
            for repeat in range(repeats))]) for case in STATISTICAL_CASES]
        seconds = (time.process_time() - started) / (1 + repeats * len(STATISTICAL_CASES))
    return {"people": MATURE_PEOPLE, "nights_before": MATURE_NIGHTS, "planted": PLANTED_NIGHTS, "kinds": rows,
            "clean": clean.verdict, "seconds_a_night": seconds}


def _on_a_copy(spark, home: Path, kept: Path, night: date, breaks: Callable, random: np.random.Generator):
    """The verdict on one night of a copy, ingested, scored and judged as ever; it is not published."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(kept, home)
    breaks(home / "inbox", night, random)
    store = Store(Settings(home=home))
    ingest_waiting(store.settings, night)
    score_night(spark, store, night, Run(store, night))
    candidate = propose(store, night)
    return judge_candidate(store, night, candidate.candidate_id, candidate.candidate_digest)


def _in_inbox(spark, home: Path, kept: Path, night: date, case: Case, repeats: int) -> dict:
    verdicts = []
    for repeat in range(repeats):
        _restore(home, kept)
        case.breaks(home / "inbox", night, np.random.default_rng([401, repeat]))
        verdicts.append(run_night(spark, Store(Settings(home=home)), night, lambda _: None))
    return _row(case, [(said.verdict, said.blocked_by) for said in verdicts])


def _in_scores(spark, home: Path, kept: Path, night: date, repeats: int) -> list[dict]:
    _restore(home, kept)
    store = Store(Settings(home=home))
    clean = run_night(spark, store, night, lambda _: None)
    show_line(f"the clean night: {clean.verdict}")
    rows = store.arrow(STAGED, on_day(night))
    return [_row(case, [_judged_with(store, night, case.breaks(rows, np.random.default_rng([402, repeat])))
                        for repeat in range(repeats)]) for case in SCORE_CASES]


def _judged_with(store: Store, night: date, rows: pa.Table) -> tuple[str, list[str]]:
    store.replace_day(STAGED, night, store.write_rows(STAGED, rows))
    candidate = propose(store, night)
    said = judge_candidate(store, night, candidate.candidate_id, candidate.candidate_digest)
    return said.verdict, list(said.blocked_by)


def _row(case: Case, verdicts: list[tuple[str, list[str]]]) -> dict:
    blockers = Counter(name for _, names in verdicts for name in names)
    row = {"kind": case.kind, "where": case.where, "nights": len(verdicts),
           "blocked": sum(verdict == "block" for verdict, _ in verdicts),
           "blocked_by": [name for name, _ in blockers.most_common(3)]}
    show_line(f"{row['kind']}: {row['blocked']} of {row['nights']} blocked, by {', '.join(row['blocked_by'])}")
    return row


def _restore(home: Path, kept: Path) -> None:
    shutil.rmtree(home)
    shutil.copytree(kept, home)


def _with_scores(rows: pa.Table, scores) -> pa.Table:
    place = rows.schema.get_field_index("influence_score")
    return rows.set_column(place, rows.schema.field(place), pc.cast(scores, rows.schema.field(place).type, safe=False))
