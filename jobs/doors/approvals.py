"""`candor approve`, `refuse`, `rollback`, `approve-removal`, `release-hold`: what people decide about a night."""

from datetime import timedelta
from typing import Annotated

import typer

from jobs.approvals import APPROVERS_NEEDED
from jobs.doors.options import AsJson, MadeBy
from jobs.existing_store import existing_store
from jobs.tables import OVERALL
from jobs.terminal import show_json, show_line

Digest = Annotated[str, typer.Argument(help="Digest of the blocked candidate, or its first 12 characters.")]
Reason = Annotated[str, typer.Option("--reason", help="What was looked at, and why; 40 characters at least.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog='Example: candor approve 4f1c9a0b2d3e --waive mean_move_bounded --by ann --reason "The club '
                       'festival of 30 January; counted by hand in the archive."')(approve)
    app.command(epilog='Example: candor refuse 4f1c9a0b2d3e --by ben --reason "The archive of one list holds each '
                       'message twice; see ops__deliveries."')(refuse)
    app.command(epilog='Example: candor rollback r000014-2030-01-28-4f1c9a0b2d3e --by ann --reason "wrong lexicon"'
                )(rollback)
    app.command("approve-removal", epilog='Example: candor approve-removal minors mailinglist:1f0c2a --by ann --reason '
                                          '"Came of age; the form of 3 January lies in the folder of the lists."'
                )(approve_removal)
    app.command("release-hold", epilog='Example: candor release-hold mailinglist:1f0c2a --topic jazz --version v2 --by '
                                       'ann --reason "Counted by hand: the thread of 3 January is real."')(release_hold)


def approve(
    digest: Digest,
    waive: Annotated[list[str], typer.Option(help="A check that blocked the candidate; once for each of them.")],
    reason: Reason,
    by: MadeBy,
    legitimate: Annotated[bool, typer.Option(
        "--legitimate", help="The move was real: later nights may be measured against this one.")] = False,
    hours: Annotated[float, typer.Option(help="Hours for which the approval counts; 24 at most.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Approve a blocked candidate; with the second approval, by somebody else, it is published."""
    from jobs.notifying.notify import tell
    from jobs.publish.approval import Waiver
    from jobs.publish.approval import approve as record
    from jobs.publish.release import release

    store = existing_store()
    answer = record(store, digest, Waiver(tuple(waive), reason, by, legitimate, timedelta(hours=hours)))
    published = release(store, answer.candidate) if answer.outcome.is_complete else None
    if published is None:
        tell(store, answer.candidate.snapshot_date)
    facts = {"event_number": answer.event.event_number, "candidate_digest": answer.candidate.candidate_digest,
             "approval_count": len(answer.outcome.by), "missing": list(answer.outcome.missing),
             "release_id": published.release_id if published else None}
    if as_json:
        return show_json(facts)
    return show_line(f"event {answer.event.event_number}: approval {len(answer.outcome.by)} of {APPROVERS_NEEDED}; "
                     + (f"published as {published.release_id}" if published else "; ".join(answer.outcome.missing)))


def refuse(digest: Digest, reason: Reason, by: MadeBy) -> None:
    """Refuse a blocked candidate: it stays blocked, whoever approves, until you approve it yourself."""
    from jobs.publish.approval import refuse as record

    event = record(existing_store(), digest, reason, by)
    show_line(f"event {event.event_number}: {event.subject[:12]} is refused by {event.made_by}")


def rollback(
    release_id: Annotated[str, typer.Argument(help="The release that readers get back.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the ledger.")],
    by: MadeBy,
) -> None:
    """Give readers an older release back, at once; later nights go on from it. A newer release takes it back too."""
    from jobs.publish.rollback import roll_back

    event = roll_back(existing_store(), release_id, reason, by)
    show_line(f"event {event.event_number}: readers see {event.subject}; withdrawn: "
              f"{', '.join(event.details['withdrawn']) or 'nothing'}")


def approve_removal(
    list_code: Annotated[str, typer.Argument(metavar="LIST", help="The list: suppression or minors.")],
    accounts: Annotated[list[str], typer.Argument(help="Who may come off it, as network:account_id; any number.")],
    reason: Reason,
    by: MadeBy,
    hours: Annotated[float, typer.Option(help="Hours for which the approval counts; 24 at most.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Approve that accounts come off a list; with a second person's approval the next judging lets them leave it.

    The ledger keeps a keyed digest of each account, never its id. Deliver the list without them, and run the night.
    """
    from jobs.publish.list_removal import RemovalRequest
    from jobs.publish.list_removal import approve_removal as record

    request = RemovalRequest(list_code, tuple(accounts), reason, by, timedelta(hours=hours))
    answer = record(existing_store(), request)
    expires_at = answer.event.details["expires_at"]
    if as_json:
        return show_json({"event_number": answer.event.event_number, "list_code": list_code, "stands": answer.stands,
                          "account_count": answer.account_count, "standing_count": answer.standing_count,
                          "expires_at": expires_at})
    return show_line(f"event {answer.event.event_number}: {answer.standing_count} of {answer.account_count} accounts "
                     f"may come off {list_code}" + (f" until {expires_at}" if answer.stands else
                     f"; {APPROVERS_NEEDED} different people have to approve each"))


def release_hold(
    person: Annotated[str, typer.Argument(help="Person id, as network:account or declared.")],
    version: Annotated[str, typer.Option(help="The algorithm version under which the score is held.")],
    reason: Reason,
    by: MadeBy,
    topic: Annotated[str, typer.Option(help="Topic id; default: the overall score.")] = OVERALL,
    as_json: AsJson = False,
) -> None:
    """Release one hold: the next night shows the score as computed, and does not hold it for the same move again."""
    from jobs.publish.hold_release import HeldScore
    from jobs.publish.hold_release import release_hold as record

    event = record(existing_store(), HeldScore(person, topic, version), reason, by)
    if as_json:
        return show_json({"event_number": event.event_number, **event.details})
    return show_line(f"event {event.event_number}: the hold of {event.details['held_date']} is released; the next "
                     f"night shows the move of {event.details['held_delta']} points")
