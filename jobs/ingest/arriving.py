"""What arrives about people who were forgotten is cut out before the file gets its place in the store."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs.digest import file_digest
from jobs.errors import BadInput
from jobs.forgotten import Forgotten
from jobs.ingest.contract import Connector, Truncated
from jobs.ingest.land import Arrival
from jobs.ingest.list_files import LISTED_ACCOUNT, list_rows
from jobs.ingest.records import people_of
from jobs.ingest.redaction import redact
from jobs.needles import Needles, all_ids
from jobs.settings import LIST_FEEDS

MARK = "erased"
"""Stands where others mention a forgotten person in a later delivery; it need not tell two of them apart."""


def without_forgotten(
    arrival: Arrival, feed: str, connector: Connector | None, forgotten: Forgotten
) -> tuple[Arrival, int]:
    """The arrival without forgotten people, and how many rows were cut out of it.

    A store in which nobody was forgotten reads nothing here. connector is None for a list.
    """
    if not forgotten:
        return arrival, 0
    with TemporaryDirectory(dir=arrival.copy.parent, prefix=".redacting-") as folder:
        name = Path(arrival.file_name).name
        named, target = Path(folder) / name, Path(folder) / f"without-{name}"
        os.link(arrival.copy, named)
        accounts = frozenset(found for found in _accounts(named, arrival, feed, connector) if forgotten.holds(*found))
        done = redact(named, feed, arrival.file_name, _needles(accounts), target) if accounts else None
        if done is None:
            return arrival, 0
        facts = {"sha256": file_digest(target), "byte_count": target.stat().st_size}
        target.replace(arrival.copy)
        return replace(arrival, **facts), done.row_count


def _needles(accounts: frozenset[tuple[str, str]]) -> Needles:
    return Needles(accounts, all_ids(accounts), frozenset(), MARK)


def _accounts(path: Path, arrival: Arrival, feed: str, connector: Connector | None) -> Iterator[tuple[str, str]]:
    """Every account that a row says something about; what cannot be read is refused later, where it is counted."""
    try:
        if feed in LIST_FEEDS:
            yield from ((network, account_id) for network, account_id in _listed(path))
        else:
            yield from ((feed, person) for row in connector.read_rows(path, arrival.file_name)
                        for record in row.records for person in people_of(record) if person is not None)
    except (Truncated, BadInput):
        return


def _listed(path: Path) -> Iterator[list[str]]:
    return (cells[: len(LISTED_ACCOUNT)] for cells in list_rows(path, LISTED_ACCOUNT))
