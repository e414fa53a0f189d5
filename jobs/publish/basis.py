"""On what a candidate is published: a verdict that passes, or a block that two people lifted."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.approvals import RELEASE_APPROVED
from jobs.catalog import Move
from jobs.errors import NightBlocked
from jobs.events import Decision, Event, OpenLedger, append, open_ledger
from jobs.ledger import APPROVED, PUBLISHABLE, Release
from jobs.manifest import now
from jobs.publish.approval import newest_verdict, require_approvals
from jobs.publish.candidate import Candidate
from jobs.storage import Store, on_day
from jobs.verdicts import BLOCK


@dataclass(frozen=True)
class PublishBasis:
    """What the ledger will say: the verdict, and the approvals in the event ledger that they were read from.

    Nulls: ledger is null where the gate passed the candidate, and then there are no approvals.
    """

    verdict: str
    approvals: tuple[Event, ...] = ()
    ledger: OpenLedger | None = None


def require_basis(store: Store, candidate: Candidate) -> PublishBasis:
    """The basis on which a candidate may be published; anything else stops here, whoever asks.

    Errors: NightBlocked without a passing verdict of this very digest, or the approval of two people.
    """
    verdict = _newest_verdict(store, candidate)
    if verdict in PUBLISHABLE:
        return PublishBasis(verdict)
    if verdict != BLOCK:
        raise NightBlocked(
            f"candidate {candidate.candidate_id} has verdict {verdict!r}; expected one of {', '.join(PUBLISHABLE)}. "
            f"Nothing was published. See: candor status"
        )
    ledger = open_ledger(store)
    return PublishBasis(APPROVED, require_approvals(ledger, newest_verdict(store, candidate), now()), ledger)


def commit(store: Store, row: Release, moves: Sequence[Move], basis: PublishBasis) -> None:
    """Publish, and where people approved say by which events, in one SQL transaction."""
    if basis.ledger is None:
        store.catalog.commit_together(moves)
    else:
        append(store, basis.ledger, _decision(row, basis.approvals), moves)


def _decision(row: Release, approvals: tuple[Event, ...]) -> Decision:
    details = {
        "snapshot_date": row.snapshot_date.isoformat(), "candidate_digest": row.candidate_digest,
        "verdict_digest": approvals[0].details["verdict_digest"],
        "waived": sorted({name for event in approvals for name in event.details["waived"]}),
        "approvals": {str(event.event_number): event.chain_hash for event in approvals},
        "is_legitimate": all(event.details["is_legitimate"] for event in approvals),
    }
    return Decision(RELEASE_APPROVED, row.release_id, ", ".join(event.made_by for event in approvals), details)


def _newest_verdict(store: Store, candidate: Candidate) -> str:
    rows = store.arrow("gate__verdicts", on_day(candidate.snapshot_date)).to_pylist()
    own = [row for row in rows if row["candidate_digest"] == candidate.candidate_digest
           and row["candidate_id"] == candidate.candidate_id]
    return max(own, key=lambda row: row["recorded_at"], default={"verdict": "none"})["verdict"]
