"""Approve or refuse a blocked candidate; the release asks here whether two people did."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from expectations.contract import waivable_names
from jobs import approvals
from jobs.approvals import APPROVAL_GIVEN, APPROVAL_REFUSED, LONGEST_VALIDITY, SHORTEST_REASON, Approved, approved
from jobs.errors import BadInput, MissingInput, NightBlocked
from jobs.events import Decision, Event, OpenLedger, append, open_ledger
from jobs.manifest import now
from jobs.publish.candidate import Candidate, candidates
from jobs.storage import Store
from jobs.verdicts import RecordedVerdict, recorded_verdicts

SHORTEST_DIGEST = 12
"""Characters of a digest that name a candidate: those that stand in its id."""


@dataclass(frozen=True)
class Waiver:
    """What one person says about one candidate.

    is_legitimate: whether the move was real, so that later nights may be measured against this one.
    """

    metrics: tuple[str, ...]
    reason: str
    made_by: str
    is_legitimate: bool = False
    validity: timedelta = LONGEST_VALIDITY


@dataclass(frozen=True)
class Answer:
    """An approval as it was recorded, and what the approvals of the candidate come to with it."""

    candidate: Candidate
    event: Event
    outcome: Approved


def approve(store: Store, digest: str, waiver: Waiver) -> Answer:
    """Record that somebody approves a blocked candidate, with all that blocks it waived; publishes nothing.

    Errors: BadInput for a name, reason, time or metric that cannot count; NightBlocked for what nobody can waive;
    MissingInput when there is no such candidate, or it was not judged.
    """
    require_words(waiver.made_by, waiver.reason, waiver.validity)
    candidate = find_candidate(store, digest)
    newest = newest_verdict(store, candidate)
    _require_waivers(newest, waiver)
    ledger = open_ledger(store)
    _require_another_person(ledger, newest, waiver)
    details = {
        "verdict_digest": newest.verdict_digest, "waived": sorted(set(waiver.metrics)), "reason": waiver.reason.strip(),
        "expires_at": (now() + waiver.validity).isoformat(), "is_legitimate": waiver.is_legitimate,
        "snapshot_date": candidate.snapshot_date.isoformat(), "candidate_id": candidate.candidate_id,
    }
    event = append(store, ledger, Decision(
        APPROVAL_GIVEN, candidate.candidate_digest, waiver.made_by.strip(), details))
    return Answer(candidate, event, approved([*ledger.events, event], newest, waivable_names(), event.recorded_at))


def refuse(store: Store, digest: str, reason: str, made_by: str) -> Event:
    """Record that somebody refuses a blocked candidate; it stays blocked until that person approves.

    Errors: as of approve.
    """
    require_words(made_by, reason)
    candidate = find_candidate(store, digest)
    details = {"verdict_digest": newest_verdict(store, candidate).verdict_digest, "reason": reason.strip(),
               "snapshot_date": candidate.snapshot_date.isoformat(), "candidate_id": candidate.candidate_id}
    return append(store, open_ledger(store), Decision(
        APPROVAL_REFUSED, candidate.candidate_digest, made_by.strip(), details))


def require_approvals(ledger: OpenLedger, recorded: RecordedVerdict, at: datetime) -> tuple[Event, ...]:
    """The approvals that allow a blocked candidate to be published; errors: NightBlocked saying what is missing."""
    outcome = approved(ledger.events, recorded, waivable_names(), at)
    if not outcome.is_complete:
        raise NightBlocked(
            f"candidate {recorded.candidate_id} has verdict {recorded.verdict!r}; expected one that passes, or the "
            f"approval of two people; {'; '.join(outcome.missing)}. Nothing was published. See: candor status"
        )
    return outcome.by


def find_candidate(store: Store, digest: str) -> Candidate:
    """The candidate of a digest or of its first characters, proposed last; errors: BadInput, MissingInput."""
    if len(digest) < SHORTEST_DIGEST:
        raise BadInput(f"digest {digest!r}: expected at least {SHORTEST_DIGEST} characters of the candidate's digest.")
    found = [one for one in candidates(store) if one.candidate_digest.startswith(digest)]
    if len({one.candidate_digest for one in found}) != 1:
        raise MissingInput(f"staged__candidates: expected one candidate with the digest {digest}, got {len(found)}. "
                           "The notice and the gate's report name the digest; `candor status` names the night.")
    return max(found, key=lambda one: one.recorded_at)


def newest_verdict(store: Store, candidate: Candidate) -> RecordedVerdict:
    """What the gate said last about a candidate; errors: MissingInput when it was not judged."""
    key = (candidate.candidate_id, candidate.candidate_digest)
    own = [one for one in recorded_verdicts(store, candidate.snapshot_date)
           if (one.candidate_id, one.candidate_digest) == key]
    if not own:
        raise MissingInput(f"gate__verdicts: candidate {candidate.candidate_id} was not judged. Judge it: "
                           f"python -m jobs.gate --snapshot-date {candidate.snapshot_date}")
    return own[-1]


def require_words(made_by: str, reason: str, validity: timedelta = LONGEST_VALIDITY) -> None:
    """Refuse words that could not count in the ledger: nobody's, too few, or for too long; errors: BadInput."""
    if not approvals.person(made_by):
        raise BadInput("--by: expected the name of who decides this, got none. The ledger keeps it.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise BadInput(f"--reason: expected at least {SHORTEST_REASON} characters, got {len(reason.strip())}. "
                       "Say what you looked at, and why readers may see this night.")
    if not timedelta(0) < validity <= LONGEST_VALIDITY:
        raise BadInput(f"--hours: expected more than 0 and at most {LONGEST_VALIDITY // timedelta(hours=1)}, got "
                       f"{validity / timedelta(hours=1):g}.")


def _require_waivers(recorded: RecordedVerdict, waiver: Waiver) -> None:
    if reasons := approvals.not_to_be_waived(recorded, waivable_names()):
        raise NightBlocked(f"candidate {recorded.candidate_id} cannot be approved: {'; '.join(reasons)}. "
                           "Nothing was recorded.")
    if set(waiver.metrics) != set(recorded.blocking):
        raise BadInput(f"--waive: expected exactly what blocks candidate {recorded.candidate_id}, "
                       f"{', '.join(recorded.blocking)}; got {', '.join(sorted(set(waiver.metrics))) or 'nothing'}. "
                       "Look at each of them; nothing was recorded.")


def _require_another_person(ledger: OpenLedger, recorded: RecordedVerdict, waiver: Waiver) -> None:
    """A person approves a verdict once; after a refusal, or after it has expired, once more."""
    for event in approvals.newest_words(ledger.events, recorded):
        is_same = approvals.person(event.made_by) == approvals.person(waiver.made_by)
        if is_same and approvals.is_valid(event, recorded, now()):
            raise BadInput(f"--by {waiver.made_by.strip()}: {event.made_by} has approved this verdict already, until "
                           f"{event.details['expires_at']}; the second approval has to come from somebody else.")
