"""How a row of each feed is kept without a person: it goes when it names them by id, and a mention in it is masked."""

import csv
import json
import re
from collections.abc import Callable
from typing import Any

from jobs.ingest.account_fields import row_accounts, status_accounts
from jobs.ingest.networks import mailinglist
from jobs.person_identifiers import PersonIdentifiers
from jobs.settings import LIST_FEEDS

Cut = Callable[[bytes], bytes | None]
"""A row as it is kept; None when it goes."""


def cut_of(feed: str, file_name: str, identifiers: PersonIdentifiers) -> Cut:
    """How a row of a feed is kept without the person.

    Of a network that is not known here, each row goes in which an id of theirs stands as a word: which of its fields
    name an account, nobody said.
    """
    ids, alone = identifiers.account_ids(feed), identifiers.ids_alone(feed)
    match feed:
        case "mailinglist":
            return lambda row: _message(row, ids, identifiers)
        case "stackexchange":
            return lambda row: None if row_accounts(row, file_name) & ids else _unnamed(row, identifiers)
        case "twitter":
            return lambda row: _document(row, ids, alone, identifiers)
        case _ if feed in LIST_FEEDS:
            return lambda row: _listed(row, identifiers)
        case _:
            return lambda row: None if alone.search(row) else _unnamed(row, identifiers)


def _unnamed(row: bytes, identifiers: PersonIdentifiers) -> bytes | None:
    return None if identifiers.without_names.are_in(row) else identifiers.masked(row)


def _listed(row: bytes, identifiers: PersonIdentifiers) -> bytes | None:
    cells = next(csv.reader([row.decode(errors="replace")]), [])
    named = tuple(cell.strip() for cell in cells[:2])
    return None if named in identifiers.accounts or identifiers.people & {cell.strip() for cell in cells} else row


def _message(row: bytes, ids: frozenset[str], identifiers: PersonIdentifiers) -> bytes | None:
    text = row.decode(errors="surrogateescape")
    sender = mailinglist.sender_of(mailinglist.headers_of(text.partition("\n\n")[0]).get("from", ""))
    if sender and sender.account_id in ids:
        return None
    masked = mailinglist.ADDRESS.sub(lambda found: _address(found[0], ids, identifiers.mark), text)
    return _unnamed(masked.encode(errors="surrogateescape"), identifiers)


def _address(written: str, ids: frozenset[str], mark: str) -> str:
    sender = mailinglist.sender_of(written)
    return mark if sender and sender.account_id in ids else written


def _document(
    row: bytes, ids: frozenset[str], alone: re.Pattern[bytes], identifiers: PersonIdentifiers
) -> bytes | None:
    """A status goes whole; of a response, the statuses that name the person go; what cannot be read may name them."""
    if not (alone.search(row) or identifiers.are_in(row)):
        return row
    try:
        value = json.loads(row)
    except (ValueError, RecursionError):
        return None if alone.search(row) else _unnamed(row, identifiers)
    statuses = value.get("statuses") if isinstance(value, dict) else value
    if not isinstance(statuses, list):
        return None if status_accounts(value) & ids else _unnamed(row, identifiers)
    kept = [one for one in statuses if not _is_named(one, ids, identifiers)]
    if len(kept) == len(statuses):
        return identifiers.masked(row)
    return identifiers.masked(json.dumps({**value, "statuses": kept} if isinstance(value, dict) else kept).encode())


def _is_named(status: Any, ids: frozenset[str], identifiers: PersonIdentifiers) -> bool:
    return bool(status_accounts(status) & ids) or identifiers.without_names.are_in(json.dumps(status).encode())
