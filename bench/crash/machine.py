"""Any order of everything that may happen to a store, beside a model that fits into a dictionary.

The steps go through the real storage, ingest, proposal, release and ledger; only scores and verdicts are made up.
A crash here is an exception at a failpoint that no stage may catch; kills.py has the real kills.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bench.crash import made
from jobs import failpoints
from jobs.errors import CommitConflict, MissingInput, NightBlocked
from jobs.ledger import PUBLISHABLE, newest_release, releases
from jobs.publish.candidate import Candidate, newest_candidate, propose
from jobs.publish.release import release
from jobs.settings import Settings
from jobs.storage import Store, on_day
from jobs.verify import verify

DAYS = st.sampled_from([date(2030, 1, number) for number in range(1, 5)])
PEOPLE = st.sets(st.sampled_from(["ann", "bob", "eve", "kim"]), min_size=1)
VERDICTS = st.sampled_from([*PUBLISHABLE, "block"])
UNFINISHED = "every_night_has_one_state"

taken: Counter[str] = Counter()
"""Steps taken by all machines of this process, by name."""


class Crashed(BaseException):
    """The process would be gone now; no `except Exception` may go on after it."""


def _crash(name: str) -> None:
    raise Crashed(name)


@dataclass
class Model:
    """What the store should say: people staged, lists delivered, and people and inputs released, by day.

    proposed: people, inputs, and the number of releases that there were when the candidate was proposed.
    """

    staged: dict[date, frozenset[str]] = field(default_factory=dict)
    listed: dict[date, frozenset[frozenset[str]]] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    proposed: dict[date, tuple] = field(default_factory=dict)
    released: dict[date, tuple] = field(default_factory=dict)
    release_count: int = 0


class Nights(RuleBasedStateMachine):
    """One store, lived in any order."""

    def __init__(self):
        """Begin with nothing."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="candor-machine-"))
        self.store = Store(Settings(home=self.folder / "store"))
        self.model = Model()

    @rule(day=DAYS, people=PEOPLE)
    def ingest(self, day: date, people: set[str]) -> None:
        """Deliver a list; a second one for a day adds to the first."""
        taken["ingest"] += 1
        made.deliver_list(self.store, self.folder / "inbox", day, sorted(people))
        self.model.listed[day] = self.model.listed.get(day, frozenset()) | {frozenset(people)}

    @rule(day=DAYS, people=PEOPLE)
    def score(self, day: date, people: set[str]) -> None:
        """Stage a night."""
        taken["score"] += 1
        made.stage(self.store, day, sorted(people))
        self.model.staged[day] = frozenset(people)

    @rule(day=DAYS)
    def propose(self, day: date) -> None:
        """Propose what is staged; nothing staged is refused."""
        taken["propose"] += 1
        if day not in self.model.staged:
            self._refused(MissingInput, lambda: propose(self.store, day))
            return
        propose(self.store, day)
        self._note_proposal(day)

    @rule(day=DAYS, verdict=VERDICTS)
    def gate(self, day: date, verdict: str) -> None:
        """Judge the newest candidate of a day."""
        taken["gate"] += 1
        candidate = self._candidate(day)
        if candidate:
            made.judge(self.store, candidate, verdict)
            self.model.verdicts[candidate.candidate_id] = verdict

    @rule(day=DAYS)
    def publish(self, day: date) -> None:
        """Release the newest candidate of a day, if its verdict allows it and nothing was released since."""
        taken["publish"] += 1
        candidate = self._candidate(day)
        if candidate is None:
            return
        if self.model.verdicts.get(candidate.candidate_id) not in PUBLISHABLE:
            self._refused(NightBlocked, lambda: release(self.store, candidate))
            return
        self._release(day, candidate)

    @rule(day=DAYS, people=PEOPLE)
    def backfill(self, day: date, people: set[str]) -> None:
        """A whole night of any day, to its release."""
        taken["backfill"] += 1
        self._whole_night(day, frozenset(people))

    @rule(day=DAYS, people=PEOPLE, nth=st.integers(1, 60))
    def crash(self, day: date, people: set[str], nth: int) -> None:
        """A whole night that dies at the nth failpoint, and then is run again."""
        taken["crash"] += 1
        failpoints.arm(failpoints.Once(failpoints.ANY_PLACE, _crash, nth))
        try:
            self._whole_night(day, frozenset(people))
        except Crashed:
            pass
        finally:
            failpoints.arm(None)
        self.store = Store(self.store.settings)
        self._whole_night(day, frozenset(people))

    @rule(day=DAYS)
    def rerun(self, day: date) -> None:
        """The same night once more publishes nothing new."""
        taken["rerun"] += 1
        if day in self.model.staged:
            self._whole_night(day, self.model.staged[day])
            before = len(releases(self.store))
            self._whole_night(day, self.model.staged[day])
            assert len(releases(self.store)) == before

    @rule(day=DAYS)
    def read(self, day: date) -> None:
        """A reader sees the people of the newest release of a day."""
        taken["read"] += 1
        found = newest_release(self.store, on=day)
        expected = self.model.released.get(day)
        assert (found is None) == (expected is None)
        if found:
            assert self._people("pub__scores", day, found.table_snapshots["pub__scores"]) == expected[0]

    @invariant()
    def readers_see_what_was_released(self) -> None:
        """Main of a published table holds the people of the newest release of each day, and nobody else."""
        rows = self.store.arrow("pub__scores", columns=["snapshot_date", "person_id"]).to_pylist()
        seen: dict[date, set[str]] = {}
        for row in rows:
            seen.setdefault(row["snapshot_date"], set()).add(row["person_id"])
        assert seen == {day: set(people) for day, (people, _) in self.model.released.items()}
        assert len(releases(self.store)) == self.model.release_count

    def teardown(self) -> None:
        """Every invariant of `candor verify` holds, but for nights that nobody ran to their ends."""
        try:
            broken = [one for one in verify(Store(self.store.settings)) if not one.holds and one.check != UNFINISHED] \
                if self.store.settings.home.is_dir() else []
            assert not broken, broken
        finally:
            shutil.rmtree(self.folder)

    def _whole_night(self, day: date, people: frozenset[str]) -> None:
        made.stage(self.store, day, sorted(people))
        self.model.staged[day] = people
        candidate = propose(self.store, day)
        self._note_proposal(day)
        made.judge(self.store, candidate, "pass")
        self.model.verdicts[candidate.candidate_id] = "pass"
        self._release(day, candidate)

    def _release(self, day: date, candidate: Candidate) -> None:
        said = self.model.proposed[day]
        moved_since = said[2] != self.model.release_count
        if self.model.released.get(day) == said[:2]:
            release(self.store, candidate)
        elif moved_since:
            self._refused(CommitConflict, lambda: release(self.store, candidate))
        else:
            try:
                release(self.store, candidate)
            finally:
                self._note_release(day)

    def _note_proposal(self, day: date) -> None:
        inputs = self.model.listed.get(day)
        self.model.proposed[day] = (self.model.staged[day], inputs, self.model.release_count)

    def _note_release(self, day: date) -> None:
        """After a release or a crash in it, the ledger says whether it happened: all of it or nothing."""
        count = len(releases(Store(self.store.settings)))
        assert count - self.model.release_count in (0, 1)
        if count > self.model.release_count:
            self.model.release_count = count
            self.model.released[day] = self.model.proposed[day][:2]

    def _candidate(self, day: date) -> Candidate | None:
        try:
            return newest_candidate(self.store, day)
        except MissingInput:
            return None

    def _people(self, table: str, day: date, snapshot: int) -> frozenset[str]:
        rows = self.store.arrow(table, on_day(day), snapshot=snapshot, columns=["person_id"])
        return frozenset(rows.column("person_id").to_pylist())

    @staticmethod
    def _refused(error: type[Exception], work: Callable[[], object]) -> None:
        try:
            work()
        except error:
            return
        raise AssertionError(f"expected {error.__name__}, and it was done")
