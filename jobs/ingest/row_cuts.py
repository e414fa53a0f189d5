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
    header_text = row.partition(b"\n\n")[0].decode(errors=mailinglist.WESTERN)
    if _is_own(mailinglist.headers_of(header_text).get("from", ""), ids):
        return None
    return _unnamed(_without_addresses(row, ids, identifiers.mark), identifiers)


def _without_addresses(row: bytes, ids: frozenset[str], mark: str) -> bytes:
    """The message with the mark in place of the person's addresses, as the connector reads them.

    Why two texts: one has the letters, the other can be written again as the bytes that came; both have one character
    for each byte that is no UTF-8, so that a place in one is the same place in the other.
    """
    text, kept = row.decode(errors=mailinglist.WESTERN), row.decode(errors="surrogateescape")
    pieces, end = [], 0
    for found in mailinglist.ADDRESS.finditer(text):
        if _is_own(found[0], ids):
            pieces += [kept[end : found.start()], mark]
            end = found.end()
    return "".join([*pieces, kept[end:]]).encode(errors="surrogateescape")


def _is_own(address: str, ids: frozenset[str]) -> bool:
    sender = mailinglist.sender_of(address)
    return sender is not None and sender.account_id in ids


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
