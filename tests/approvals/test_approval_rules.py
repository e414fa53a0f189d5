"""The rules of approval against a model that counts people: whatever happens in whatever order (S29)."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.approvals import APPROVAL_GIVEN, APPROVAL_REFUSED, approved
from jobs.events import Event
from jobs.ledger import NO_HASH
from jobs.verdicts import RecordedVerdict

START = datetime(2030, 1, 1, tzinfo=UTC)
WAIVABLE = frozenset({"mean", "share"})
REASON = "counted by hand in the archive of both of the lists"
NAMES = ("ann", "Ann ", "ben", "BEN", "cem")
SEQUENCES_PER_EXAMPLE, EXAMPLES = 40, 250


@dataclass
class Model:
    """What a person would say who kept a list on paper: who approved what, until when."""

    blocking: tuple[str, ...] = ("mean",)
    verdict: str = "1"
    words: dict = field(default_factory=dict)
    is_torn: bool = False

    def is_free(self, at: datetime) -> bool:
        here = [word for (verdict, _), word in self.words.items() if verdict == self.verdict]
        counted = [word for word in here if word and word["until"] > at and set(self.blocking) <= word["waived"]
                   and word["is_reasoned"]]
        return (not self.is_torn and None not in here and len(counted) >= 2 and "hard" not in self.blocking)


class Sequence:
    """A random history of one candidate, told both to the ledger and to the model."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.model, self.events, self.at = Model(), [], START

    def recorded(self) -> RecordedVerdict:
        return RecordedVerdict(date(2030, 1, 1), "c", "d" * 64, "block", self.model.blocking, self.model.verdict, START)

    def append(self, kind: str, name: str, details: dict) -> None:
        last = self.events[-1] if self.events else None
        event = Event(len(self.events) + 1, kind, "d" * 64, details | {"verdict_digest": self.model.verdict}, name,
                      self.at, last.chain_hash if last else NO_HASH, "")
        self.events.append(replace(event, chain_hash=event.expected_hash()))

    def approve(self) -> None:
        name, hours = self.random.choice(NAMES), self.random.choice((1, 6, 24, 24, 30))
        waived = self.random.choice((["mean"], ["mean", "share"], ["share"], ["mean", "share", "hard"]))
        reason = self.random.choice((REASON, REASON, REASON, "fine"))
        until = self.at + timedelta(hours=hours)
        self.append(APPROVAL_GIVEN, name, {"waived": waived, "reason": reason, "expires_at": until.isoformat()})
        self.model.words[self.model.verdict, name.strip().lower()] = {
            "until": until if hours <= 24 else START, "waived": set(waived), "is_reasoned": reason == REASON}

    def refuse(self) -> None:
        name = self.random.choice(NAMES)
        self.append(APPROVAL_REFUSED, name, {"reason": REASON})
        self.model.words[self.model.verdict, name.strip().lower()] = None

    def wait(self) -> None:
        self.at += timedelta(hours=self.random.choice((1, 3, 12)))

    def judge_again(self) -> None:
        self.model.verdict, self.model.blocking = self.random.choice(
            (("1", ("mean",)), ("2", ("mean", "share")), ("3", ("hard", "mean"))))

    def tear(self) -> None:
        if self.events and self.random.random() < 0.2:
            place = self.random.randrange(len(self.events))
            self.events[place] = replace(self.events[place], made_by="mallory")
            self.model.is_torn = True

    def step(self) -> None:
        steps = (self.approve, self.refuse, self.wait, self.judge_again, self.tear)
        self.random.choices(steps, weights=(12, 1, 3, 2, 1))[0]()


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32))
def test_a_candidate_is_free_exactly_when_two_people_said_so(seed):
    for number in range(SEQUENCES_PER_EXAMPLE):
        sequence = Sequence(seed * SEQUENCES_PER_EXAMPLE + number)
        for _ in range(sequence.random.randint(1, 7)):
            sequence.step()
        outcome = approved(sequence.events, sequence.recorded(), WAIVABLE, sequence.at)
        assert outcome.is_complete == sequence.model.is_free(sequence.at), outcome.missing


def test_the_random_histories_reach_both_ends():
    """A property over histories that never free a candidate would hold for a rule that frees none."""
    freed = 0
    for seed in range(500):
        sequence = Sequence(seed)
        for _ in range(6):
            sequence.step()
        freed += sequence.model.is_free(sequence.at)
    assert 50 < freed < 450


def test_the_clock_decides_to_the_moment():
    sequence = Sequence(0)
    until = START + timedelta(hours=24)
    for name in ("ann", "ben"):
        sequence.append(APPROVAL_GIVEN, name, {"waived": ["mean"], "reason": REASON, "expires_at": until.isoformat()})
    free = [approved(sequence.events, sequence.recorded(), WAIVABLE, at).is_complete
            for at in (START - timedelta(seconds=1), START, until - timedelta(seconds=1), until)]
    assert free == [False, True, True, False]
