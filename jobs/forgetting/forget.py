"""Forget a person: left out from now on, and taken out of every file of the store. One event proves it without the id.

Order, so that a run that is killed is finished by the same command: who it is and the list of the forgotten first, then
new files beside the old ones, then one transaction over all tables and the event, then the old files, then who it was.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs import events
from jobs.digest import file_digest
from jobs.erased import EVENT_TYPE
from jobs.erasure_requests import close_requests, file_request, requests_of
from jobs.erasures_in_progress import begin, end
from jobs.errors import PipelineError
from jobs.failpoints import failpoint
from jobs.forgetting.inbox_anew import redact_inbox
from jobs.forgetting.landed import (
    delivered_digests,
    known_paths,
    redacted_files,
    remove_old_files,
    rewritten_files,
)
from jobs.forgetting.landed_strays import remove_strays
from jobs.forgetting.mentions import still_mentioned
from jobs.forgotten import remember
from jobs.ledger import newest_release, released_files
from jobs.manifest import now
from jobs.person_identifiers import PersonIdentifiers
from jobs.privacy import history, outside_tables
from jobs.privacy.person import find_person
from jobs.privacy.rewriting import reachable_files
from jobs.privacy.rows import Eraser, RewrittenFile, RewrittenLandedFile
from jobs.storage import NAMESPACE, Store, on_day
from jobs.tables import TABLES

PROOFS = "erasures"

REMEMBERED = ("feature__engagement_state", "feature__post_state")
"""What a night takes over from the release before it."""


@dataclass(frozen=True)
class Erasure:
    """What an erasure did, or would do; nothing here names the person.

    event_number is null for a dry run. unreadable are landed files that nobody can unpack: a note takes their place.
    left are files that still hold an id, or may hold one and cannot be read; anything there is an error to act on.
    """

    erasure: str
    account_count: int
    event_number: int | None
    tables: dict[str, dict]
    landed_file_count: int
    landed_row_count: int
    nights: dict[str, dict] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    swept: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def preview(store: Store, wanted: str) -> Erasure:
    """What forgetting would take out; nothing is changed. Errors: BadInput as find_person."""
    person, home = find_person(store, wanted), store.settings.home
    with TemporaryDirectory() as folder, closing(Eraser(store.settings, person, ())) as eraser:
        affected = history.affected_files(store, eraser)
        landed, left = redacted_files(store, person.identifiers, Path(folder))
    tables = {table: _counts([one for one in affected if one.table == table])
              for table in sorted({one.table for one in affected})}
    noted = [home / path for path, one in landed.items() if not one.is_readable]
    return Erasure("", len(person.identifiers.accounts), None, tables, len(landed),
                   sum(one.row_count for one in landed.values()),
                   unreadable=_shown(noted, home, person.identifiers), left=_shown(left, home, person.identifiers))


def leave_out(store: Store, wanted: str) -> str:
    """Leave a person out from now on, and file the request to erase them; the name of the request.

    Errors: BadInput as find_person.
    """
    person = find_person(store, wanted)
    remember(store, person.identifiers.accounts, now())
    return file_request(store.settings.home, person.identifiers.accounts)


def is_left_out(store: Store, wanted: str) -> bool:
    """Whether the newest release was made without the person, so that the next night does not miss their reactions."""
    person, newest = find_person(store, wanted), newest_release(store)
    with closing(Eraser(store.settings, person, ())) as eraser:
        return not any(
            eraser.affected(TABLES[table], released_files(store, newest, table, on_day(newest.snapshot_date)))
            for table in REMEMBERED if newest)


def require_left_out(store: Store, wanted: str) -> None:
    """Refuse to erase a person whom the newest release still counts; errors: PipelineError."""
    if not is_left_out(store, wanted):
        raise PipelineError(
            "expected a release that was made without the person, found none yet: erased now, the next night could not "
            "say why the scores of others moved, and would be blocked. Run the next night, then erase; --at-once is "
            "for a store that runs no more nights."
        )


def forget(store: Store, wanted: str, by: str) -> Erasure:
    """Put a person on the list of the forgotten, and take them out of the store for good.

    wanted: network:account_id, or a declared person; every linked account goes with it. Ask require_left_out before.
    Run it again after a crash, or when files are left. A night that runs meanwhile fails, and runs again.
    Errors: BadInput as find_person; PipelineError when a release is not what the ledger says; CommitConflict when a
    table moved meanwhile. Then nothing is erased, and the person is on the list already.
    """
    person, home = find_person(store, wanted), store.settings.home
    identifiers = person.identifiers
    begin(home, identifiers, requests_of(home, identifiers.accounts))
    remember(store, identifiers.accounts, now())
    failpoint("forget.remembered")
    history.require_sound(store)
    before = _reachable(store)
    landed, unread = rewritten_files(store, identifiers)
    failpoint("forget.landed_anew")
    with closing(Eraser(store.settings, person, landed)) as eraser:
        affected = history.affected_files(store, eraser)
        files = history.written_anew(eraser, affected)
    failpoint("forget.files_written")
    done = Erasure(
        identifiers.mark, len(identifiers.accounts), None, history.tables_anew(affected, files), len(landed),
        sum(one.piece_count for one in landed), history.nights_anew(store, files),
        _shown([home / one.new_path for one in landed if not one.is_readable], home, identifiers))
    done = replace(done, event_number=_commit(store, done, by, files, landed))
    store.plan_anew()
    outside_tables.remove(before - _reachable(store))
    failpoint("forget.old_files_removed")
    remove_old_files(home, landed)
    failpoint("forget.landed_removed")
    swept, left = _swept(store, identifiers)
    if not unread and not left:
        close_requests(home, identifiers.accounts)
        failpoint("forget.requests_closed")
        end(home, identifiers)
    return replace(done, swept=_shown(swept, home, identifiers), left=_shown([*unread, *left], home, identifiers))


def _commit(
    store: Store, done: Erasure, by: str, files: Sequence[RewrittenFile], landed: Sequence[RewrittenLandedFile]
) -> int | None:
    """The proof, then all tables and the event in one transaction; no event when there is nothing to erase."""
    moves = history.rewrites(store, files)
    failpoint("forget.histories_written")
    if not moves and not landed:
        return None
    proof = _write_proof(store.settings.home, done.erasure, files, landed)
    failpoint("forget.proof_written")
    details = {"account_count": done.account_count, "tables": done.tables, "nights": done.nights,
               "landed_file_count": done.landed_file_count, "landed_row_count": done.landed_row_count,
               "proof_sha256": file_digest(proof)}
    decision = events.Decision(EVENT_TYPE, done.erasure, by, details)
    return events.append(store, events.open_ledger(store), decision, moves).event_number


def _write_proof(
    home: Path, erasure: str, files: Sequence[RewrittenFile], landed: Sequence[RewrittenLandedFile]
) -> Path:
    """Each file before and after, by digest: whoever holds an old copy can check that nothing else changed."""
    proof = home / PROOFS / f"{erasure}.json"
    proof.parent.mkdir(parents=True, exist_ok=True)
    data = [{"old_sha256": one.old_sha256, "new_sha256": one.new_sha256, "erased_row_count": one.erased_row_count}
            for one in files]
    delivered = [{name: value for name, value in asdict(one).items() if not name.endswith("_path")} for one in landed]
    proof.write_text(json.dumps({"erasure": erasure, "data_files": data, "landed_files": delivered}, indent=1))
    return proof


def _swept(store: Store, identifiers: PersonIdentifiers) -> tuple[list[Path], list[Path]]:
    """Files outside the tables that were changed or removed, and those that are left."""
    settings = store.settings
    changed, waiting = redact_inbox(settings.inbox, identifiers, delivered_digests(store))
    swept = [
        *changed,
        *outside_tables.sweep_warehouse(settings.warehouse, frozenset(_reachable(store)), identifiers),
        *remove_strays(settings.home, known_paths(store), identifiers),
        *outside_tables.sweep_rest(settings.home, identifiers),
    ]
    failpoint("forget.swept")
    named = outside_tables.still_named(settings.home, settings.warehouse, identifiers)
    return swept, list(dict.fromkeys([*waiting, *named, *still_mentioned(store, identifiers)]))


def _reachable(store: Store) -> set[str]:
    existing = [name for name in TABLES if store.catalog.table_exists((NAMESPACE, name))]
    return {path for name in existing for path in reachable_files(store.iceberg(name))}


def _counts(affected: Sequence[history.AffectedFile]) -> dict:
    return {"file_count": len(affected), "erased_row_count": sum(one.gone_row_count for one in affected),
            "masked_row_count": sum(one.masked_row_count for one in affected)}


def _shown(paths: Iterable[Path], home: Path, identifiers: PersonIdentifiers) -> list[str]:
    return [identifiers.masked(path.relative_to(home).as_posix().encode()).decode() for path in paths]
