"""When a blocked candidate may be published after all: two people, one verdict, every blocking finding waived. Pure."""

import shlex
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jobs.events import Event
from jobs.ledger import NO_HASH
from jobs.verdicts import BLOCK, RecordedVerdict

APPROVAL_GIVEN, APPROVAL_REFUSED, RELEASE_APPROVED = "approval_given", "approval_refused", "release_approved"

APPROVERS_NEEDED = 2
"""Nobody publishes what the gate blocked alone: gate-evidence section 8."""

SHORTEST_REASON = 40
"""Characters: a sentence that an auditor can use a year later; "looks fine" is none."""

REASON_ASKED_FOR = f"WHAT YOU LOOKED AT AND WHY, {SHORTEST_REASON} CHARACTERS OR MORE"
"""Stands in a shown command where the reason goes."""

LONGEST_VALIDITY = timedelta(hours=24)
"""An approval is about what two people saw today, and ends before the next night is judged."""

UNSEEN_CATEGORIES = ("Cc", "Cf", "Cs")
"""Unicode categories of letters that nobody sees: two names that look alike are one person."""


@dataclass(frozen=True)
class Approved:
    """What the approvals of a verdict come to: the events that count, and what is missing in words."""

    by: tuple[Event, ...]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether the candidate may be published."""
        return not self.missing


def person(name: str) -> str:
    """Whom a name means, however it is typed: without case, spaces at the ends, and letters that nobody sees."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(c for c in folded if unicodedata.category(c) not in UNSEEN_CATEGORIES).split())


def approved(events: Sequence[Event], recorded: RecordedVerdict, waivable: frozenset[str], at: datetime) -> Approved:
    """Whether the events of a whole ledger allow to publish a blocked candidate at a moment.

    waivable: the invariants that people may waive. Nothing is raised: whatever cannot be read does not count.
    """
    newest = newest_words(events, recorded)
    given = [event for event in newest if is_valid(event, recorded, at)]
    refusing = [event.made_by for event in newest if event.event_type == APPROVAL_REFUSED]
    missing = [*ledger_faults(events), *not_to_be_waived(recorded, waivable)]
    if refusing:
        missing.append(f"refused by {', '.join(refusing)}")
    if len(given) < APPROVERS_NEEDED:
        missing.append(f"{len(given)} of {APPROVERS_NEEDED} different people approve this very verdict now")
    return Approved(tuple(given), tuple(missing))


def newest_words(events: Sequence[Event], recorded: RecordedVerdict) -> list[Event]:
    """The last approval or refusal of each person about this candidate and verdict."""
    words: dict[str, Event] = {}
    for event in events:
        is_word = event.event_type in (APPROVAL_GIVEN, APPROVAL_REFUSED)
        about = (event.subject, event.details.get("verdict_digest"))
        if is_word and about == (recorded.candidate_digest, recorded.verdict_digest):
            words[person(event.made_by)] = event
    return list(words.values())


def is_valid(event: Event, recorded: RecordedVerdict, at: datetime) -> bool:
    """Whether an approval counts at a moment: who, why, until when, and all that blocks waived."""
    if event.event_type != APPROVAL_GIVEN or not person(event.made_by):
        return False
    waived = event.details.get("waived")
    is_whole = isinstance(waived, list) and set(recorded.blocking) <= set(waived)
    return is_whole and is_reasoned(event) and is_in_time(event, at)


def is_reasoned(event: Event) -> bool:
    """Whether an event says why, in as many words as an approval needs."""
    reason = event.details.get("reason")
    return isinstance(reason, str) and len(reason.strip()) >= SHORTEST_REASON


def is_in_time(event: Event, at: datetime) -> bool:
    """Whether an event counts at a moment: recorded by then, not expired, and valid for no longer than it may be."""
    try:
        expires = datetime.fromisoformat(event.details["expires_at"])
        return event.recorded_at <= at < expires <= event.recorded_at + LONGEST_VALIDITY
    except (KeyError, TypeError, ValueError):
        return False


def ledger_faults(events: Sequence[Event]) -> list[str]:
    """Where the chain of events is broken; nothing that such a ledger says is believed."""
    before = NO_HASH
    for number, event in enumerate(events, start=1):
        if (event.event_number, event.previous_hash, event.chain_hash) != (number, before, event.expected_hash()):
            return [f"the event ledger is broken at event {number}: run candor verify"]
        before = event.chain_hash
    return []


def not_to_be_waived(recorded: RecordedVerdict, waivable: frozenset[str]) -> list[str]:
    """Why no approval can lift this verdict: nothing to waive, or something that nobody may."""
    if recorded.verdict != BLOCK:
        return [f"its newest verdict is {recorded.verdict!r}, expected {BLOCK!r}"]
    if not recorded.blocking or recorded.verdict_digest is None:
        return ["its findings are not recorded, or none of them blocks"]
    hard = [name for name in recorded.blocking if name not in waivable]
    return [f"nobody can waive {', '.join(hard)}: repair what it names, and run the night again"] if hard else []


def approve_command(recorded: RecordedVerdict, waivable: frozenset[str]) -> str | None:
    """The command that approves a blocked candidate, ready to be typed but for the reason and the name.

    Nulls: null when no approval can lift the verdict.
    """
    if not_to_be_waived(recorded, waivable):
        return None
    waivers = [word for name in recorded.blocking for word in ("--waive", name)]
    return shlex.join(
        ["candor", "approve", recorded.candidate_digest, *waivers, "--reason", REASON_ASKED_FOR, "--by", "NAME"])


def legitimate_nights(events: Sequence[Event]) -> frozenset[date]:
    """The nights released by approval of which both people said that the move was real, so that it may be history."""
    said = {event.details["snapshot_date"]: event.details["is_legitimate"]
            for event in events if event.event_type == RELEASE_APPROVED}
    return frozenset(date.fromisoformat(day) for day, is_legitimate in said.items() if is_legitimate)
