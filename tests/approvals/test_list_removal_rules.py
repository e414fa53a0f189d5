"""When an account may come off a list, in worked examples: each line is a ledger, and who may leave by it (S55, S56)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobs.events import Event
from jobs.ledger import NO_HASH
from jobs.list_removals import LIST_REMOVAL_APPROVED, Removal, valid_removals

NOON = datetime(2030, 1, 2, 12, tzinfo=UTC)
REASON = "The form of 2 January lies in the folder; both read it."

EXAMPLES = """
what                            | words: who, list, accounts, hours before noon, hours valid, reason | may leave
nobody approved                 |                                                                    |
one person                      | ann minors 7 1 24 long                                             |
one person twice                | ann minors 7 2 24 long, ann minors 7 1 24 long                     |
one person, typed otherwise     | ann minors 7 2 24 long, ANN minors 7 1 24 long                     |
two people                      | ann minors 7 2 24 long, ben minors 7 1 24 long                     | minors 7
what both name, and no more     | ann minors 7+8 2 24 long, ben minors 8+9 1 24 long                 | minors 8
one list is not the other       | ann minors 7 2 24 long, ben suppression 7 1 24 long                |
the first has expired           | ann minors 7 5 4 long, ben minors 7 1 24 long                      |
both expired long ago           | ann minors 7 30 24 long, ben minors 7 29 24 long                   |
it expires at this very moment  | ann minors 7 4 4 long, ben minors 7 1 24 long                      |
valid for longer than may be    | ann minors 7 2 25 long, ben minors 7 1 24 long                     |
recorded later than now         | ann minors 7 2 24 long, ben minors 7 -1 20 long                    |
without a reason                | ann minors 7 2 24 long, ben minors 7 1 24 short                    |
one of three has expired        | ann minors 7 5 4 long, ben minors 7 2 24 long, cem minors 7 1 24 long | minors 7
"""


def rows() -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in EXAMPLES.strip().splitlines()[1:]]


def ledger_of(words: str) -> list[Event]:
    events: list[Event] = []
    for word in filter(None, words.split(", ")):
        name, list_code, accounts, before, valid, reason = word.split()
        at = NOON - timedelta(hours=int(before))
        details = {"account_digests": accounts.split("+"), "key_id": "k", "reason": REASON if reason == "long" else "fine",
                   "expires_at": (at + timedelta(hours=int(valid))).isoformat()}
        event = Event(len(events) + 1, LIST_REMOVAL_APPROVED, list_code, details, name, at,
                      events[-1].chain_hash if events else NO_HASH, "")
        events.append(replace(event, chain_hash=event.expected_hash()))
    return events


@pytest.mark.parametrize(("what", "words", "may_leave"), rows())
def test_who_may_come_off_a_list(what, words, may_leave):
    expected = {Removal(may_leave.split()[0], "k", may_leave.split()[1])} if may_leave else set()
    assert valid_removals(ledger_of(words), NOON) == expected


def test_in_a_torn_ledger_nobody_may_leave():
    first, second = ledger_of("ann minors 7 2 24 long, ann minors 8 1 24 long")
    assert valid_removals([first, replace(second, made_by="ben")], NOON) == frozenset()
    whole = ledger_of("ann minors 7 2 24 long, ben minors 7 1 24 long")
    assert valid_removals(whole[1:], NOON) == frozenset()


@pytest.mark.parametrize("details", [{}, {"account_digests": "7", "key_id": "k"}, {"account_digests": [7], "key_id": "k"},
                                     {"account_digests": ["7"], "key_id": None}])
def test_details_that_are_not_what_they_should_be_name_nobody(details):
    whole = ledger_of("ann minors 7 2 24 long, ben minors 7 1 24 long")
    first = replace(whole[0], details={**{k: v for k, v in whole[0].details.items() if k in ("reason", "expires_at")},
                                       **details})
    first = replace(first, chain_hash=first.expected_hash())
    second = replace(whole[1], previous_hash=first.chain_hash)
    assert valid_removals([first, replace(second, chain_hash=second.expected_hash())], NOON) == frozenset()
