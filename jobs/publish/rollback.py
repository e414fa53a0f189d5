"""Rollback: readers get an older release back, by one person and at once; nothing is computed again."""

from collections.abc import Iterable

import duckdb

from jobs.catalog import Move
from jobs.duckdb_files import rows_of_files
from jobs.errors import BadInput, MissingInput, PipelineError
from jobs.events import Decision, Event, append, open_ledger
from jobs.ledger import Release, behind, released_files, releases, visible_releases
from jobs.pointer import ROLLED_BACK
from jobs.publish.pointing import main_set_to
from jobs.storage import Store, on_day
from jobs.tables import RELEASED_TABLES

IDS_SHOWN = 5
"""Releases named in an error: the newest ones, which a rollback is about."""

LISTED_AND_RELEASED = """
    WITH linked AS (
        SELECT DISTINCT links.person_id
        FROM links
        SEMI JOIN lists USING (network, account_id)
    )
    SELECT count(DISTINCT person_id)
    FROM scores
    WHERE person_id IN (SELECT network || ':' || account_id FROM lists)
        OR person_id IN (FROM linked)
"""
"""People of a night who are on a list; their number and never their names."""


def roll_back(store: Store, release_id: str, reason: str, made_by: str) -> Event:
    """Set every published table back to what a release showed, and say so in the event ledger, in one transaction.

    The release may be any of the ledger: a rollback is itself taken back by naming the newer release.
    Errors: BadInput without a name or a reason; MissingInput when there is no such release, or its snapshots are
    collected; PipelineError when readers see it already, or people on a list would be shown again; CommitConflict.
    """
    if not made_by.strip() or not reason.strip():
        raise BadInput("rollback needs --by and --reason: who decides this, and why. The ledger keeps both.")
    ledger = open_ledger(store)
    target, seen = _release_of(store, release_id), visible_releases(store)
    if seen[-1] == target:
        raise PipelineError(f"readers see {release_id} already; choose another release: candor status")
    _require_nobody_comes_back(store, target, seen)
    kept = {release.release_number for release in behind(store, target)}
    details = {
        "reason": reason.strip(), "from_release_id": seen[-1].release_id, "to_release_number": target.release_number,
        "after_release_number": releases(store)[-1].release_number,
        "withdrawn": [release.release_id for release in seen if release.release_number not in kept],
    }
    moves = [_move_back(store, table, target) for table in RELEASED_TABLES.values()]
    return append(store, ledger, Decision(ROLLED_BACK, target.release_id, made_by.strip(), details), moves)


def _release_of(store: Store, release_id: str) -> Release:
    found = [release for release in releases(store) if release.release_id == release_id]
    if not found:
        known = ", ".join(release.release_id for release in releases(store)[-IDS_SHOWN:]) or "none"
        raise MissingInput(f"pub__releases: expected {release_id}, got {known}. "
                           'All of them: candor sql "SELECT release_id, snapshot_date FROM releases"')
    return found[0]


def _move_back(store: Store, table: str, target: Release) -> Move:
    iceberg = store.iceberg(table)
    number = target.table_snapshots.get(table)
    if number is None or iceberg.snapshot_by_id(number) is None:
        raise MissingInput(f"{table}: expected the snapshot {number} that {target.release_id} froze; it is not kept "
                           "any more. Choose a newer release; nothing was moved.")
    return main_set_to(iceberg, number)


def _require_nobody_comes_back(store: Store, target: Release, seen: list[Release]) -> None:
    """A restatement may have taken people out who are on a list; a rollback must not show them again."""
    returning = [release for release in _current(behind(store, target)) if release not in _current(seen)]
    lists = _frozen_files(store, "core__suppressions")
    count = sum(_listed_people(store, release, lists) for release in returning) if lists else 0
    if count:
        raise PipelineError(
            f"{target.release_id} would show {count} people again who are on a list by now; expected none. Choose a "
            "newer release, or repair the night and run it again; nothing was moved."
        )


def _current(ledger: Iterable[Release]) -> list[Release]:
    """The last release of each night."""
    return list({release.snapshot_date: release for release in ledger}.values())


def _frozen_files(store: Store, table: str) -> list[str]:
    """The files of a table that releases froze, each for its own night."""
    return sorted({path for release in releases(store)
                   for path in released_files(store, release, table, on_day(release.snapshot_date))})


def _listed_people(store: Store, release: Release, lists: list[str]) -> int:
    day = on_day(release.snapshot_date)
    with duckdb.connect() as connection:
        for name, table in {"scores": "pub__scores", "links": "core__identity_links"}.items():
            rows_of_files(connection, table, released_files(store, release, table, day)).create_view(name)
        rows_of_files(connection, "core__suppressions", lists).create_view("lists")
        return connection.execute(LISTED_AND_RELEASED).fetchone()[0]
