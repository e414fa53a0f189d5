"""When an account may come off a list: two people, one list, in time, in a whole ledger. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.approvals import APPROVERS_NEEDED, is_in_time, is_reasoned, ledger_faults, person
from jobs.events import Event

LIST_REMOVAL_APPROVED = "list_removal_approved"
"""One person's word that accounts may come off a list; subject: the list. It names accounts by digest alone."""


@dataclass(frozen=True)
class Removal:
    """An account that may come off a list.

    account_digest: HMAC-SHA-256 of network:account_id under the key key_id of the event ledger.
    """

    list_code: str
    key_id: str
    account_digest: str


def valid_removals(events: Sequence[Event], at: datetime) -> frozenset[Removal]:
    """The removals that enough different people approve at a moment; none where the chain is broken.

    events: the whole ledger. Nothing is raised: what cannot be read does not count, and the account counts as left.
    """
    if ledger_faults(events):
        return frozenset()
    people: dict[Removal, set[str]] = defaultdict(set)
    for event in valid_words(events, at):
        for removal in removals_of(event):
            people[removal].add(person(event.made_by))
    return frozenset(removal for removal, names in people.items() if len(names) >= APPROVERS_NEEDED)


def valid_words(events: Iterable[Event], at: datetime) -> Iterator[Event]:
    """The approvals of removals that count at a moment: somebody, a reason, in time."""
    for event in events:
        is_word = event.event_type == LIST_REMOVAL_APPROVED and person(event.made_by)
        if is_word and is_reasoned(event) and is_in_time(event, at):
            yield event


def removals_of(event: Event) -> frozenset[Removal]:
    """The removals that one event is about; none when its details are not what they should be."""
    digests, key_id = event.details.get("account_digests"), event.details.get("key_id")
    if not isinstance(digests, list) or not isinstance(key_id, str):
        return frozenset()
    return frozenset(Removal(event.subject, key_id, digest) for digest in digests if isinstance(digest, str))
