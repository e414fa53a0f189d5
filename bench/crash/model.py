"""What a store should say after any steps, as plain values: no table, no file, no snapshot."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from jobs.approvals import APPROVERS_NEEDED
from jobs.ledger import PUBLISHABLE
from jobs.pointer import NOTHING

WAIVABLE, HARD = "mean_move_bounded", "nobody_listed_is_scored"
"""What may block a candidate here: a statistic that two people may waive, and an exact count that nobody may."""


class Fate(Enum):
    """What has to become of a candidate that somebody publishes."""

    PUBLISHED = "published"
    PUBLISHED_BY_APPROVAL = "published by two approvals"
    PUBLISHED_BEFORE = "published before"
    NOT_ALLOWED = "refused, not allowed"
    WITHDRAWN = "refused, rolled back before"
    OVERTAKEN = "refused, overtaken"


@dataclass(frozen=True)
class Said:
    """What a candidate says: whom it scores, and the lists that it was made from."""

    people: frozenset[str]
    lists: frozenset[frozenset[str]]


@dataclass(frozen=True)
class Proposed:
    """A candidate, and the number of the release that readers saw when it was proposed."""

    said: Said
    built_on: int


@dataclass(frozen=True)
class Released:
    """A release as it was judged; who was forgotten since is in no release."""

    number: int
    day: date
    said: Said
    built_on: int


@dataclass
class Model:
    """The store in memory; words: who approves (or refuses) a candidate that something blocks, newest word last."""

    staged: dict[date, frozenset[str]] = field(default_factory=dict)
    listed: dict[date, frozenset[frozenset[str]]] = field(default_factory=dict)
    proposed: dict[date, Proposed] = field(default_factory=dict)
    verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)
    words: dict[tuple[str, str], dict[str, bool]] = field(default_factory=dict)
    ledger: list[Released] = field(default_factory=list)
    seen: int = NOTHING
    forgotten: set[str] = field(default_factory=set)

    def visible_releases(self) -> dict[date, Released]:
        """The release of each night that readers see: the chain of what the seen one was built on, newest wins."""
        chain, number = [], self.seen
        while number != NOTHING:
            chain.append(self.ledger[number - 1])
            number = self.ledger[number - 1].built_on
        return {release.day: release for release in reversed(chain)}

    def visible(self) -> dict[date, set[str]]:
        """Whom readers see, by night; a night of which everybody was forgotten has no row."""
        left = {day: set(release.said.people - self.forgotten) for day, release in self.visible_releases().items()}
        return {day: people for day, people in left.items() if people}

    def said_of(self, day: date) -> Said:
        """What a candidate of a day would say now."""
        return Said(self.staged[day], self.listed.get(day, frozenset()))

    def deliver(self, day: date, people: frozenset[str]) -> None:
        """A list comes; a second one for a day adds to the first."""
        self.listed[day] = self.listed.get(day, frozenset()) | {people - self.forgotten}

    def propose(self, day: date) -> None:
        """What is staged becomes the newest candidate of its day."""
        self.proposed[day] = Proposed(self.said_of(day), self.seen)

    def fate(self, day: date, candidate_id: str) -> Fate:
        """What has to become of the newest candidate of a day."""
        verdict = self.verdicts.get(candidate_id, ("none", ""))
        is_approved = self.is_approved(candidate_id)
        if verdict[0] not in PUBLISHABLE and not is_approved:
            return Fate.NOT_ALLOWED
        wanted, seen = self.proposed[day], self.visible_releases()
        if day in seen and seen[day].said == wanted.said:
            return Fate.PUBLISHED_BEFORE
        if any((one.day, one.said) == (day, wanted.said) for one in self._withdrawn()):
            return Fate.WITHDRAWN
        if wanted.built_on != self.seen:
            return Fate.OVERTAKEN
        return Fate.PUBLISHED_BY_APPROVAL if is_approved else Fate.PUBLISHED

    def is_approved(self, candidate_id: str) -> bool:
        """Whether two people approve what blocks a candidate now, nobody refuses it, and it may be waived."""
        verdict, blocking = self.verdicts.get(candidate_id, ("none", ""))
        words = self.words.get((candidate_id, blocking), {})
        return verdict == "block" and blocking == WAIVABLE and all(words.values()) and len(words) >= APPROVERS_NEEDED

    def publish(self, day: date) -> None:
        """The newest candidate of a day is released, and readers see it."""
        wanted = self.proposed[day]
        self.ledger.append(Released(len(self.ledger) + 1, day, wanted.said, wanted.built_on))
        self.seen = len(self.ledger)

    def forget(self, person: str) -> None:
        """A person is in nothing that is made from now on; what was judged keeps its digests in the ledger."""
        self.forgotten.add(person)
        self.staged = {day: people - {person} for day, people in self.staged.items()}
        self.listed = {day: frozenset(people - {person} for people in lists) for day, lists in self.listed.items()}

    def _withdrawn(self) -> list[Released]:
        chain, number = set(), self.seen
        while number != NOTHING:
            chain.add(number)
            number = self.ledger[number - 1].built_on
        return [release for release in self.ledger if release.number not in chain]
