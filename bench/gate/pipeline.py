"""Faults through the whole pipeline of a small made-up world: in the inbox, in tables, in the code of the scoring."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.gate.cases import AGAIN, CASES, CLEAN, CODE, EVENTS, INBOX, REACTIONS, STAGED, STATISTICAL_CASES, Case
from bench.gate.event_faults import Told, listening
from bench.gate.inbox_faults import FEED
from bench.gate.mature import plant
from jobs.demo.world import make_world
from jobs.gate.candidate import judge_candidate
from jobs.gate.decide import Verdict
from jobs.ingest.inbox import ingest_waiting
from jobs.manifest import Run
from jobs.nights.night import run_nights
from jobs.nights.nightly import score_night
from jobs.publish.candidate import propose
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store, on_day
from jobs.terminal import show_line

PEOPLE, NIGHTS_BEFORE = 200, 16
"""The smallest world, and two nights more than the comparisons with the last release need to warm up."""

MATURE_NIGHTS, PLANTED_NIGHTS = 45, 100
"""Nights that are run, the broken feed of the made-up world and its gap among them, and those planted before them: 120
released nights end the warm-up, and the threshold is the pooled one until 180."""

FIRST_DAY = date(2030, 1, 1)

def through_the_pipeline(repeats: int) -> dict:
    """Run every case the given number of times; plain rows with how many nights were blocked, and by what."""
    with _lived(PEOPLE, 1.0, NIGHTS_BEFORE, lambda store: None) as copies:
        rows = [_row(case, copies.judged_each(case, 401, repeats)) for case in CASES]
    return {"people": PEOPLE, "nights_before": NIGHTS_BEFORE, "kinds": rows}


def statistics_through_the_pipeline(people: int, liveliness: float, repeats: int) -> dict:
    """Statistical kinds on a store whose limits are learned; the night after its last one is broken again and again."""
    with _lived(people, liveliness, MATURE_NIGHTS, _planted) as copies:
        started = time.process_time()
        clean, authors = copies.judged(CLEAN, np.random.default_rng(0)), copies.authors_of(FEED)
        rows = [_row(case, copies.judged_each(case, 403, repeats)) for case in STATISTICAL_CASES]
        seconds = (time.process_time() - started) / (1 + repeats * len(STATISTICAL_CASES))
        rows.append(_row(AGAIN, [copies.judged_again(AGAIN, np.random.default_rng([404, repeat]))
                                 for repeat in range(repeats)]))
    return {"people": people, "liveliness": liveliness, "authors_a_night": authors, "nights_before": MATURE_NIGHTS,
            "planted": PLANTED_NIGHTS, "kinds": rows, "clean": clean.verdict, "seconds_a_night": seconds}


def _planted(store: Store) -> None:
    plant(store, PLANTED_NIGHTS, np.random.default_rng(7))


@contextmanager
def _lived(people: int, liveliness: float, nights: int, add_history: Callable[[Store], None]) -> Iterator["Copies"]:
    """Copies of a store that has run some nights and then got a history."""
    folder = Path(tempfile.mkdtemp(prefix="candor-gate-"))
    home, kept, night = folder / "home", folder / "kept", FIRST_DAY + timedelta(days=nights)
    store = Store(Settings(home=home))
    try:
        with listening(night - timedelta(days=1), liveliness) as told:
            make_world(home, people=people, days=nights + 2)
        run_nights(store, FIRST_DAY, night - timedelta(days=1), lambda _: None, lambda _: None)
        add_history(store)
        shutil.copytree(home, kept)
        with open_session(Settings(home=kept), "bench gate") as spark:
            yield Copies(spark, kept, home, night, told)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Copies:
    """Copies of a store that is kept whole, each broken, ingested, scored and judged as ever; nothing is published."""

    spark: object
    kept: Path
    home: Path
    night: date
    told: Told

    def authors_of(self, network: str) -> int:
        """How many authors of a network drew reactions on the night that was scored last."""
        reactions = Store(Settings(home=self.home)).arrow(REACTIONS, on_day(self.night))
        of_it = reactions.filter(pc.equal(reactions.column("network"), network))
        return pc.count_distinct(of_it.column("author_account_id")).as_py()

    def judged_each(self, case: Case, seed: int, repeats: int) -> list[Verdict]:
        """The verdicts on a night that is broken by other chances each time."""
        chances = [np.random.default_rng([seed, repeat]) for repeat in range(repeats)]
        if case.where == STAGED:
            return self._judged_after_scoring(case, chances)
        return [self.judged(case, chance) for chance in chances]

    def judged(self, case: Case, random: np.random.Generator) -> Verdict:
        """The verdict on the broken night of a fresh copy."""
        self._restore()
        return _judged(self._scored(self.night, case, random), self.night)

    def judged_again(self, case: Case, random: np.random.Generator) -> Verdict:
        """The verdict on the night after, broken in the same way; the first one is judged and stays unreleased."""
        self.judged(case, random)
        after = self.night + timedelta(days=1)
        return _judged(self._scored(after, case, random), after)

    def _judged_after_scoring(self, case: Case, chances: list[np.random.Generator]) -> list[Verdict]:
        """The same where scores are broken: the night is scored once, and its rows are broken again and again."""
        self._restore()
        store = self._scored(self.night, CLEAN, chances[0])
        scores = store.arrow(STAGED, on_day(self.night))
        verdicts = []
        for chance in chances:
            _replace(store, STAGED, self.night, case.breaks(scores, chance))
            verdicts.append(_judged(store, self.night))
        return verdicts

    def _scored(self, night: date, case: Case, random: np.random.Generator) -> Store:
        """Ingest and score, with the fault put in where it arises."""
        store = Store(Settings(home=self.home))
        if case.where == INBOX:
            case.breaks(store.settings.inbox, night, random)
        if case.where == EVENTS:
            case.breaks(self.told, store.settings.inbox, night, random)
        ingest_waiting(store.settings, night)
        if case.where == REACTIONS:
            _replace(store, REACTIONS, night, case.breaks(store.arrow(REACTIONS, on_day(night)), random))
        with case.breaks(random) if case.where == CODE else nullcontext():
            score_night(self.spark, store, night, Run(store, night))
        return store

    def _restore(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.kept, self.home)


def _replace(store: Store, table: str, night: date, rows: pa.Table) -> None:
    store.replace_day(table, night, store.write_rows(table, rows))


def _judged(store: Store, night: date) -> Verdict:
    candidate = propose(store, night)
    return judge_candidate(store, night, candidate.candidate_id, candidate.candidate_digest)


def _row(case: Case, verdicts: list[Verdict]) -> dict:
    blockers = Counter(name for said in verdicts for name in said.blocked_by)
    row = {"kind": case.kind, "where": case.where, "nights": len(verdicts),
           "blocked": sum(said.verdict == "block" for said in verdicts),
           "blocked_by": [name for name, _ in blockers.most_common(3)]}
    show_line(f"{row['kind']}: {row['blocked']} of {row['nights']} blocked, by {', '.join(row['blocked_by'])}")
    return row
