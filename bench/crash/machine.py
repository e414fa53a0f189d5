"""Any order of everything that may happen to a store, beside a model that fits into a dictionary.

The steps go through the real storage, ingest, proposal, approval, release, rollback, erasure, collection and ledgers;
only scores and verdicts are made up. A crash here is an exception at a failpoint that no stage may catch; kills.py has
the real kills.
"""

from collections import Counter
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from bench.crash import made
from bench.crash.lived import REASON, Lived, reached
from bench.crash.model import HARD, WAIVABLE
from bench.crash.traces import holding
from jobs.approvals import person as same_person
from jobs.errors import BadInput, MissingInput, NightBlocked, PipelineError
from jobs.forgetting.forget import forget
from jobs.ledger import newest_release, releases, visible_releases
from jobs.privacy.garbage import expire_and_collect
from jobs.publish.approval import refuse
from jobs.publish.candidate import propose
from jobs.publish.rollback import roll_back
from jobs.storage import Store, on_day

DAYS = st.sampled_from([date(2030, 1, number) for number in range(1, 5)])
SCORED = ("mailinglist:ann-00001", "mailinglist:bob-00002", "mailinglist:eve-00003", "mailinglist:kim-00004",
          "mailinglist:lee-00005")
LISTED = ("mailinglist:max-00006", "mailinglist:zoe-00007")
PEOPLE = st.sets(st.sampled_from(SCORED), min_size=1)
ON_A_LIST = st.sets(st.sampled_from(LISTED), min_size=1)
ANYBODY = st.sampled_from([*SCORED, *LISTED])
VERDICTS = st.sampled_from([("pass", ""), ("warn", ""), ("hold", ""), ("block", WAIVABLE), ("block", HARD)])
APPROVERS = st.sampled_from(["Ann", " ann ", "Ben", "Cleo"])
AGREES = st.sampled_from([True, True, True, False])
NTH = st.integers(1, 60)
AT_ONCE = timedelta(0)

taken: Counter[str] = Counter()
"""Steps taken by all machines of this process, by name."""


class Nights(Lived):
    """One store, lived in any order."""

    @rule(day=DAYS, people=ON_A_LIST)
    def ingest(self, day: date, people: set[str]) -> None:
        """Deliver a list; the old list with somebody who was forgotten since does not bring them back."""
        taken["ingest"] += 1
        accounts = sorted(one.partition(":")[2] for one in people)
        made.deliver_list(self.store, self.folder / "inbox", day, accounts)
        self.model.deliver(day, frozenset(people))

    @rule(day=DAYS, people=PEOPLE)
    def score(self, day: date, people: set[str]) -> None:
        """Stage a night."""
        taken["score"] += 1
        self._stage(day, frozenset(people) - self.model.forgotten)

    @rule(day=DAYS)
    def propose(self, day: date) -> None:
        """Propose what is staged; nothing staged is refused."""
        taken["propose"] += 1
        if not self.model.staged.get(day):
            self._refused(MissingInput, lambda: propose(self.store, day))
            return
        propose(self.store, day)
        self.model.propose(day)

    @rule(day=DAYS, verdict=VERDICTS)
    def gate(self, day: date, verdict: tuple[str, str]) -> None:
        """Judge the newest candidate of a day."""
        taken["gate"] += 1
        if candidate := self._candidate(day):
            self._judge(candidate, verdict)

    @rule(day=DAYS, by=APPROVERS, agrees=AGREES)
    def approve(self, day: date, by: str, agrees: bool) -> None:
        """Somebody approves or refuses what is blocked; what cannot count is refused, and leaves no event."""
        taken["approve"] += 1
        candidate = self._candidate(day)
        if candidate is None or candidate.candidate_id not in self.model.verdicts:
            return None
        verdict, blocking = self.model.verdicts[candidate.candidate_id]
        words = self.model.words.setdefault((candidate.candidate_id, blocking), {})
        if not agrees:
            refuse(self.store, candidate.candidate_digest, REASON, by)
        elif (verdict, blocking) != ("block", WAIVABLE):
            return self._refused(NightBlocked, lambda: self._approve(candidate, by, WAIVABLE))
        elif words.get(same_person(by)):
            return self._refused(BadInput, lambda: self._approve(candidate, by, WAIVABLE))
        else:
            self._approve(candidate, by, blocking)
        words[same_person(by)] = agrees
        return None

    @rule(day=DAYS, people=PEOPLE, blocking=st.sampled_from([WAIVABLE, WAIVABLE, HARD]),
          words=st.lists(st.tuples(APPROVERS, AGREES), max_size=3), other=DAYS, collects=st.booleans())
    def blocked_night(
        self, day: date, people: set[str], blocking: str, words: list[tuple[str, bool]], other: date, collects: bool
    ) -> None:
        """A night that the gate blocks; people look at it while other nights go on and what may go is collected."""
        self._stage(day, frozenset(people) - self.model.forgotten)
        self.propose(day)
        if candidate := self._candidate(day):
            self._judge(candidate, ("block", blocking))
            if collects and other != day:
                self.ingest(day, set(LISTED))
                self.propose(other)
                self.gc()
            for by, agrees in words:
                self.approve(day, by, agrees)
            self.publish(day)

    @rule(day=DAYS)
    def publish(self, day: date) -> None:
        """Release the newest candidate of a day, if verdict or two people allow it and nothing was released since."""
        taken["publish"] += 1
        if candidate := self._candidate(day):
            self._release(day, candidate)

    @rule(day=DAYS, people=PEOPLE)
    def backfill(self, day: date, people: set[str]) -> None:
        """A whole night of any day, to its release."""
        taken["backfill"] += 1
        self._whole_night(day, frozenset(people))

    @rule(day=DAYS, people=PEOPLE, nth=NTH)
    def crash(self, day: date, people: set[str], nth: int) -> None:
        """A whole night that dies at the nth failpoint, and then is run again."""
        taken["crash"] += 1
        self._crashing(nth, lambda: self._whole_night(day, frozenset(people)))
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

    @rule(number=st.integers(0, 20), nth=st.none() | NTH)
    def roll_back(self, number: int, nth: int | None) -> None:
        """Readers get exactly the older release back, whatever was collected or erased; a crash moves all or none."""
        taken["roll back"] += 1
        if not self.model.ledger:
            return
        target = self.model.ledger[number % len(self.model.ledger)].number
        release_id = releases(self.store)[target - 1].release_id
        if target == self.model.seen:
            self._refused(PipelineError, lambda: roll_back(self.store, release_id, REASON, "Ann"))
            return
        self._crashing(nth, lambda: roll_back(self.store, release_id, REASON, "Ann"))
        if visible_releases(self.store)[-1].release_id != release_id:
            roll_back(self.store, release_id, REASON, "Ann")
        self.model.seen = target
        reached["rolled back"] += 1

    @rule(person=ANYBODY, nth=st.none() | NTH)
    def forget(self, person: str, nth: int | None) -> None:
        """Forget somebody, perhaps killed on the way and run again: no byte names them any more, one event tells."""
        taken["forget"] += 1
        before = self._erasures()
        self._crashing(nth, lambda: forget(self.store, person, "Ann"))
        again = forget(self.store, person, "Ann")
        assert again.left == []
        assert nth or again.event_number is None, "a second time there is nothing to erase"
        assert self._erasures() - before in (0, 1)
        reached["forgotten"] += self._erasures() - before
        self.model.forget(person)
        assert holding(self.store.settings.home, person.partition(":")[2]) == []

    @rule()
    def gc(self) -> None:
        """Expire and collect all that may go: nothing that a release needs, so that all of it still verifies."""
        taken["gc"] += 1
        if self.store.settings.home.is_dir():
            done = expire_and_collect(self.store, AT_ONCE)
            reached["snapshots expired"] += done.expired_snapshot_count
            self.store = Store(self.store.settings)
            assert expire_and_collect(self.store, AT_ONCE).files == []
            self._verified()

    @rule(day=DAYS)
    def read(self, day: date) -> None:
        """A reader sees the people of the newest release of a day, also at the snapshots that it froze."""
        taken["read"] += 1
        found, expected = newest_release(self.store, on=day), self.model.visible_releases().get(day)
        assert (found and found.release_number) == (expected and expected.number)
        if found:
            rows = self.store.arrow("pub__scores", on_day(day), snapshot=found.table_snapshots["pub__scores"],
                                    columns=["person_id"])
            assert set(rows.column("person_id").to_pylist()) == expected.said.people - self.model.forgotten

    @invariant()
    def readers_see_what_was_released(self) -> None:
        """Main of a published table holds the people of the release of each day that readers stand on, nobody else."""
        rows = self.store.arrow("pub__scores", columns=["snapshot_date", "person_id"]).to_pylist()
        seen: dict[date, set[str]] = {}
        for row in rows:
            seen.setdefault(row["snapshot_date"], set()).add(row["person_id"])
        assert seen == self.model.visible()
        assert len(releases(self.store)) == len(self.model.ledger)
