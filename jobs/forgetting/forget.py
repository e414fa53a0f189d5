"""Forget a person: left out from now on, and taken out of every file of the store. One event proves it without the id.

Order, so that a run that is killed is finished by the same command: who it is and the list of the forgotten first, then
new files beside the old ones, then one transaction over all tables and the event, then the old files, then who it was.
"""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs import events
from jobs.digest import file_digest
from jobs.erased import EVENT_TYPE
from jobs.erasures_begun import begin, end
from jobs.errors import PipelineError
from jobs.failpoints import failpoint
from jobs.forgetting.inbox_anew import redact_inbox
from jobs.forgetting.landed_strays import remove_strays
from jobs.forgotten import remember
from jobs.ingest.land import ALL_DATES, MANIFEST_NAME, Arrival, Landing
from jobs.ingest.redaction import Redacted, redact
from jobs.ledger import newest_release, released_files
from jobs.manifest import now
from jobs.needles import Needles
from jobs.privacy import elsewhere, history
from jobs.privacy.person import Person, find_person
from jobs.privacy.rewriting import reachable_files
from jobs.privacy.rows import Eraser, FileAnew, LandedAnew
from jobs.requests_waiting import close_requests, file_request, requests_of
from jobs.storage import NAMESPACE, Store, on_day
from jobs.tables import TABLES

PROOFS = "erasures"

REMEMBERED = ("feature__engagement_state", "feature__post_state")
"""What a night takes over from the release before it."""


@dataclass(frozen=True)
class Erasure:
    """What an erasure did, or would do; nothing here names the person.

    event_number is null for a dry run. left are files that still hold an id; anything there is an error to act on.
    """

    erasure: str
    account_count: int
    event_number: int | None
    tables: dict[str, dict]
    landed_file_count: int
    landed_row_count: int
    nights: dict[str, dict] = field(default_factory=dict)
    swept: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def preview(store: Store, wanted: str) -> Erasure:
    """What forgetting would take out; nothing is changed. Errors: BadInput as find_person."""
    person = find_person(store, wanted)
    with TemporaryDirectory() as folder, closing(Eraser(store.settings, person, ())) as eraser:
        concerned = history.concerned_files(store, eraser)
        landed = [found for number, delivery in enumerate(_deliveries(store))
                  if (found := _redacted(store, delivery, person, Path(folder) / str(number)))]
    tables = {table: _counts([one for one in concerned if one.table == table])
              for table in sorted({one.table for one in concerned})}
    return Erasure("", len(person.needles.accounts), None, tables, len(landed), sum(one.row_count for one in landed))


def leave_out(store: Store, wanted: str) -> str:
    """Leave a person out from now on, and file the request to erase them; the name of the request.

    Errors: BadInput as find_person.
    """
    person = find_person(store, wanted)
    remember(store, person.needles.accounts, now())
    return file_request(store.settings.home, person.needles.accounts)


def is_left_out(store: Store, wanted: str) -> bool:
    """Whether the newest release was made without the person, so that the next night does not miss their reactions."""
    person, newest = find_person(store, wanted), newest_release(store)
    with closing(Eraser(store.settings, person, ())) as eraser:
        return not any(
            eraser.concerned(TABLES[table], released_files(store, newest, table, on_day(newest.snapshot_date)))
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
    person = find_person(store, wanted)
    begin(store.settings.home, person.needles, requests_of(store.settings.home, person.needles.accounts))
    remember(store, person.needles.accounts, now())
    failpoint("forget.remembered")
    history.require_sound(store)
    before = _reachable(store)
    landed = [anew for delivery in _deliveries(store) if (anew := _land_anew(store, delivery, person))]
    failpoint("forget.landed_anew")
    with closing(Eraser(store.settings, person, landed)) as eraser:
        concerned = history.concerned_files(store, eraser)
        files = history.written_anew(eraser, concerned)
    failpoint("forget.files_written")
    done = Erasure(
        person.needles.mark, len(person.needles.accounts), None, history.tables_anew(concerned, files), len(landed),
        sum(one.piece_count for one in landed), history.nights_anew(store, files))
    number = _commit(store, done, by, files, landed)
    store.plan_anew()
    elsewhere.remove(before - _reachable(store))
    failpoint("forget.old_files_removed")
    _remove_landed(store.settings.home, landed)
    failpoint("forget.landed_removed")
    swept = _swept(store, person.needles, done, number)
    if not swept.left:
        close_requests(store.settings.home, person.needles.accounts)
        failpoint("forget.requests_closed")
        end(store.settings.home, person.needles)
    return swept


def _commit(
    store: Store, done: Erasure, by: str, files: Sequence[FileAnew], landed: Sequence[LandedAnew]
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


def _write_proof(home: Path, erasure: str, files: Sequence[FileAnew], landed: Sequence[LandedAnew]) -> Path:
    """Each file before and after, by digest: whoever holds an old copy can check that nothing else changed."""
    proof = home / PROOFS / f"{erasure}.json"
    proof.parent.mkdir(parents=True, exist_ok=True)
    data = [{"old_sha256": one.old_sha256, "new_sha256": one.new_sha256, "erased_row_count": one.erased_row_count}
            for one in files]
    delivered = [{name: value for name, value in asdict(one).items() if not name.endswith("_path")} for one in landed]
    proof.write_text(json.dumps({"erasure": erasure, "data_files": data, "landed_files": delivered}, indent=1))
    return proof


def _swept(store: Store, needles: Needles, done: Erasure, number: int | None) -> Erasure:
    settings = store.settings
    landed = frozenset(path for row in _deliveries(store)
                       for path in (row["landed_path"], f"{_folder(row['landed_path'])}/{MANIFEST_NAME}"))
    swept = [
        *redact_inbox(settings.inbox, needles),
        *elsewhere.sweep_warehouse(settings.warehouse, frozenset(_reachable(store)), needles),
        *remove_strays(settings.home, landed, needles),
        *elsewhere.sweep_rest(settings.home, needles),
    ]
    failpoint("forget.swept")
    left = elsewhere.still_named(settings.home, settings.warehouse, needles)
    shown = {name: [_shown(path, settings.home, needles) for path in paths]
             for name, paths in (("swept", swept), ("left", left))}
    return Erasure(**{**done.__dict__, "event_number": number, **shown})


def _land_anew(store: Store, delivery: dict, person: Person) -> LandedAnew | None:
    home, scope = store.settings.home, delivery["landed_path"].split("/")[2]
    landing = Landing(home, delivery["feed"], None if scope == ALL_DATES else date.fromisoformat(scope))
    target = home / landing.prefix / f".redacting-{person.needles.mark}-{delivery['file_sha256']}"
    target.unlink(missing_ok=True)
    done = _redacted(store, delivery, person, target)
    if done is None:
        return None
    arrival = Arrival(delivery["file_name"], target, file_digest(target), target.stat().st_size, 0.0)
    kept = landing.keep(arrival)
    landing.write_manifest(kept, delivery["row_count"])
    return LandedAnew(delivery["feed"], delivery["landed_path"], delivery["file_sha256"], kept.landed_path,
                      arrival.sha256, arrival.byte_count, done.row_count)


def _redacted(store: Store, delivery: dict, person: Person, target: Path) -> Redacted | None:
    path = store.settings.home / delivery["landed_path"]
    if not path.is_file():
        return None
    return redact(path, delivery["feed"], delivery["file_name"], person.needles, target)


def _remove_landed(home: Path, landed: Sequence[LandedAnew]) -> None:
    kept = {_folder(one.new_path) for one in landed}
    for folder in {_folder(one.old_path) for one in landed} - kept:
        elsewhere.remove(elsewhere.files_below(home / folder))


def _folder(landed_path: str) -> str:
    """landed/<feed>/<scope>/<checksum>: the file may lie deeper, under its own name."""
    return "/".join(landed_path.split("/")[:4])


def _reachable(store: Store) -> set[str]:
    existing = [name for name in TABLES if store.catalog.table_exists((NAMESPACE, name))]
    return {path for name in existing for path in reachable_files(store.iceberg(name))}


def _deliveries(store: Store) -> list[dict]:
    rows = store.arrow("ops__deliveries").to_pylist()
    return list({row["landed_path"]: row for row in rows}.values())


def _counts(concerned: Sequence[history.Concerned]) -> dict:
    return {"file_count": len(concerned), "erased_row_count": sum(one.gone_row_count for one in concerned),
            "masked_row_count": sum(one.masked_row_count for one in concerned)}


def _shown(path: Path, home: Path, needles: Needles) -> str:
    return needles.masked(path.relative_to(home).as_posix().encode()).decode()
