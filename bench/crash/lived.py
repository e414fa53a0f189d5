"""One store and its model: what a step of the machine does to both, and what has to come of it."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

from hypothesis.stateful import RuleBasedStateMachine

from bench.crash import made
from bench.crash.model import Fate, Model
from jobs import failpoints
from jobs.comparing.verify import verify
from jobs.errors import CommitConflict, MissingInput, NightBlocked
from jobs.events import events
from jobs.ledger import releases
from jobs.publish.approval import Waiver, approve
from jobs.publish.candidate import Candidate, newest_candidate, propose
from jobs.publish.release import release
from jobs.settings import Settings
from jobs.storage import Store
from jobs.verifying.nights import one_state_each
from jobs.verifying.resting import RestingStore

UNFINISHED = "every_night_has_one_state"
REASON = "Made up for the machine of bench/crash, and long enough to be a reason."

REFUSALS = {Fate.NOT_ALLOWED: NightBlocked, Fate.WITHDRAWN: NightBlocked, Fate.OVERTAKEN: CommitConflict}

reached: Counter[str] = Counter()
"""What came of the steps of all machines of this process: one that only ever is refused says nothing."""


class Crashed(BaseException):
    """The process would be gone now; no `except Exception` may go on after it."""


def _crash(name: str) -> None:
    reached[f"crashed at {name}"] += 1
    raise Crashed(name)


class Lived(RuleBasedStateMachine):
    """A store that begins with nothing, and its model."""

    def __init__(self):
        """Begin with nothing."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="candor-machine-"))
        self.store = Store(Settings(home=self.folder / "store"))
        self.model = Model()

    def teardown(self) -> None:
        """Every invariant of `candor verify` holds, but for nights that nobody ran to their ends."""
        try:
            self._verified()
        finally:
            shutil.rmtree(self.folder)

    def _verified(self) -> None:
        if self.store.settings.home.is_dir():
            broken = [one for one in verify(Store(self.store.settings)) if not one.holds and one.check != UNFINISHED]
            assert not broken, broken

    def _stage(self, day: date, people: frozenset[str]) -> None:
        made.stage(self.store, day, sorted(people))
        self.model.staged[day] = people

    def _judge(self, candidate: Candidate, verdict: tuple[str, str]) -> None:
        made.judge(self.store, candidate, *verdict)
        self.model.verdicts[candidate.candidate_id] = verdict

    def _approve(self, candidate: Candidate, by: str, waived: str) -> None:
        approve(self.store, candidate.candidate_digest, Waiver((waived,), REASON, by))

    def _whole_night(self, day: date, people: frozenset[str]) -> None:
        self._stage(day, people - self.model.forgotten)
        if self.model.staged[day]:
            candidate = propose(self.store, day)
            self.model.propose(day)
            self._judge(candidate, ("pass", ""))
            self._release(day, candidate)
            self._ended(day)

    def _ended(self, day: date) -> None:
        """A night that was run to its end is in one state, whatever was restated or rolled back before."""
        resting = RestingStore(self.store)
        outcomes = one_state_each(resting, releases(resting), resting.arrow("gate__verdicts").to_pylist())
        assert [one for one in outcomes if one.subject == str(day) and not one.holds] == []

    def _release(self, day: date, candidate: Candidate) -> None:
        fate = self.model.fate(day, candidate.candidate_id)
        reached[fate.value] += 1
        if fate in REFUSALS:
            self._refused(REFUSALS[fate], lambda: release(self.store, candidate))
            return
        try:
            release(self.store, candidate)
        finally:
            self._note_release(day)

    def _note_release(self, day: date) -> None:
        """After a release or a crash in it, the ledger says whether it happened: all of it or nothing."""
        count = len(releases(Store(self.store.settings)))
        assert count - len(self.model.ledger) in (0, 1)
        if count > len(self.model.ledger):
            self.model.publish(day)

    def _crashing(self, nth: int | None, work: Callable[[], object]) -> None:
        """Do something that dies at the nth failpoint; the next process opens the store anew."""
        failpoints.arm(failpoints.OnNthPass(failpoints.ANY_PLACE, _crash, nth) if nth else None)
        try:
            work()
        except Crashed:
            pass
        finally:
            failpoints.arm(None)
        self.store = Store(self.store.settings)

    def _erasures(self) -> int:
        return sum(event.event_type == "person_erased" for event in events(self.store))

    def _candidate(self, day: date) -> Candidate | None:
        try:
            return newest_candidate(self.store, day)
        except MissingInput:
            return None

    @staticmethod
    def _refused(error: type[Exception], work: Callable[[], object]) -> None:
        try:
            work()
        except error:
            return
        raise AssertionError(f"expected {error.__name__}, and it was done")
