"""What arrives about people who were forgotten is cut out before the file gets its place in the store."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs.digest import file_digest
from jobs.erasure_requests import Account
from jobs.errors import BadInput
from jobs.forgotten import Forgotten
from jobs.ingest.archives import UnreadableFile
from jobs.ingest.contract import Connector, Truncated
from jobs.ingest.land import Arrival
from jobs.ingest.list_files import LISTED_ACCOUNT, list_rows
from jobs.ingest.records import people_of
from jobs.ingest.redaction import redact
from jobs.ingest.unreadable import is_note, note_of
from jobs.person_identifiers import PersonIdentifiers, all_ids
from jobs.settings import LIST_FEEDS

MARK = "erased"
"""Stands where others mention a forgotten person in a later delivery; it need not distinguish two of them."""


@dataclass(frozen=True)
class Cleared:
    """An arrival from which forgotten people were cut out.

    row_count: rows that it had before; null when nothing was cut: those that lie there are all there were. accounts:
    the forgotten accounts that it named.
    """

    arrival: Arrival
    row_count: int | None = None
    accounts: frozenset[Account] = frozenset()


def without_forgotten(
    arrival: Arrival, feed: str, connector: Connector | None, forgotten: Forgotten
) -> Cleared:
    """The arrival without forgotten people, and how many rows it had with them; a note for a file nobody can unpack.

    A store in which nobody was forgotten reads nothing here. connector is None for a list.
    """
    if not forgotten or is_note(arrival.copy):
        return Cleared(arrival)
    with TemporaryDirectory(dir=arrival.copy.parent, prefix=".redacting-") as folder:
        name = Path(arrival.file_name).name
        named, target = Path(folder) / name, Path(folder) / f"without-{name}"
        os.link(arrival.copy, named)
        try:
            row_count, accounts = _read(_rows(named, arrival, feed, connector), forgotten)
            if not accounts or not redact(named, feed, arrival.file_name, _identifiers(accounts), target):
                return Cleared(arrival)
        except UnreadableFile:
            row_count, accounts = None, frozenset()
            target.write_bytes(note_of(arrival.sha256))
        facts = {"sha256": file_digest(target), "byte_count": target.stat().st_size}
        target.replace(arrival.copy)
        return Cleared(replace(arrival, **facts), row_count, accounts)


def _read(rows: Iterator[list[Account]], forgotten: Forgotten) -> tuple[int, frozenset[Account]]:
    """How many rows there are, counted as the load counts them, and the forgotten accounts that they name."""
    row_count, found = 0, set()
    try:
        for accounts in rows:
            row_count += 1
            found.update(account for account in accounts if forgotten.holds(*account))
    except Truncated:
        pass  # the load ends at the same place
    except UnreadableFile:
        raise
    except BadInput:
        row_count += 1  # the load counts the refused file as a row
    return row_count, frozenset(found)


def _rows(path: Path, arrival: Arrival, feed: str, connector: Connector | None) -> Iterator[list[Account]]:
    """The accounts that each row says something about."""
    if feed in LIST_FEEDS:
        return ([(network, account_id)] for network, account_id in _listed(path))
    return ([(feed, person) for record in row.records for person in people_of(record) if person is not None]
            for row in connector.read_rows(path, arrival.file_name))


def _identifiers(accounts: frozenset[Account]) -> PersonIdentifiers:
    return PersonIdentifiers(accounts, all_ids(accounts), frozenset(), MARK)


def _listed(path: Path) -> Iterator[list[str]]:
    return (cells[: len(LISTED_ACCOUNT)] for cells in list_rows(path, LISTED_ACCOUNT))
