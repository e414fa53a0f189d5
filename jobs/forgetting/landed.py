"""Landed files that deliveries name, without a person: written beside the old ones, which go after the commit."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from jobs.digest import file_digest
from jobs.ingest.archives import UnreadableFile
from jobs.ingest.land import ALL_DATES, MANIFEST_NAME, Arrival, Landing
from jobs.ingest.redaction import Redacted, redact
from jobs.ingest.unreadable import note_of
from jobs.person_identifiers import PersonIdentifiers
from jobs.privacy import outside_tables
from jobs.privacy.rows import RewrittenLandedFile
from jobs.settings import LIST_FEEDS
from jobs.storage import Store


def redacted_files(
    store: Store, identifiers: PersonIdentifiers, folder: Path
) -> tuple[dict[str, Redacted], list[Path]]:
    """What landed files would become, by their paths, written to a folder, and those that are left as they are.

    Left are files that a load could read and that cannot be read now; nothing in the store changes.
    """
    return _of_each_delivery(store, lambda delivery: _redacted(
        store, delivery, identifiers, folder / uuid4().hex))


def rewritten_files(
    store: Store, identifiers: PersonIdentifiers
) -> tuple[list[RewrittenLandedFile], list[Path]]:
    """The files that take the place of others, and those that are left as they are; nothing leads to the new ones yet.

    Left are files that a load could read and that cannot be read now.
    """
    found, left = _of_each_delivery(store, lambda delivery: _rewritten(store, delivery, identifiers))
    return list(found.values()), left


def remove_old_files(home: Path, landed: Sequence[RewrittenLandedFile]) -> None:
    """Remove the files whose place was taken, with their manifests."""
    kept = {_folder(one.new_path) for one in landed}
    for folder in {_folder(one.old_path) for one in landed} - kept:
        outside_tables.remove(outside_tables.files_below(home / folder))


def known_paths(store: Store) -> frozenset[str]:
    """The landed files that deliveries name, and their manifests; relative to the store."""
    return frozenset(path for row in _deliveries(store)
                     for path in (row["landed_path"], f"{_folder(row['landed_path'])}/{MANIFEST_NAME}"))


def delivered_digests(store: Store) -> frozenset[str]:
    """The sha256 of each landed file that a delivery names."""
    return frozenset(row["file_sha256"] for row in _deliveries(store))


def network_files(store: Store) -> list[Path]:
    """The landed files of networks that deliveries name and that are there."""
    paths = [store.settings.home / row["landed_path"] for row in _deliveries(store) if row["feed"] not in LIST_FEEDS]
    return [path for path in paths if path.is_file()]


def _rewritten(store: Store, delivery: dict, identifiers: PersonIdentifiers) -> RewrittenLandedFile | None:
    home, scope = store.settings.home, delivery["landed_path"].split("/")[2]
    landing = Landing(home, delivery["feed"], None if scope == ALL_DATES else date.fromisoformat(scope))
    target = home / landing.prefix / f".redacting-{identifiers.mark}-{delivery['file_sha256']}"
    target.unlink(missing_ok=True)
    done = _redacted(store, delivery, identifiers, target)
    if done is None:
        return None
    arrival = Arrival(delivery["file_name"], target, file_digest(target), target.stat().st_size, 0.0)
    kept = landing.keep(arrival)
    landing.write_manifest(kept, delivery["row_count"])
    return RewrittenLandedFile(delivery["feed"], delivery["landed_path"], delivery["file_sha256"], kept.landed_path,
                               arrival.sha256, arrival.byte_count, done.row_count, done.is_readable)


def _of_each_delivery(store: Store, change: Callable[[dict], Any]) -> tuple[dict[str, Any], list[Path]]:
    found, left = {}, []
    for delivery in _deliveries(store):
        try:
            changed = change(delivery)
        except UnreadableFile:
            left.append(store.settings.home / delivery["landed_path"])
        else:
            found |= {delivery["landed_path"]: changed} if changed else {}
    return found, left


def _redacted(store: Store, delivery: dict, identifiers: PersonIdentifiers, target: Path) -> Redacted | None:
    path = store.settings.home / delivery["landed_path"]
    if not path.is_file():
        return None
    try:
        return redact(path, delivery["feed"], delivery["file_name"], identifiers, target)
    except UnreadableFile:
        if delivery["is_complete"]:
            raise  # a load read it to its end: the disk may be at fault, and the bytes are not to be given up
        target.write_bytes(note_of(delivery["file_sha256"]))
        return Redacted(target, 0, is_readable=False)


def _folder(landed_path: str) -> str:
    """landed/<feed>/<scope>/<checksum>: the file may lie deeper, under its own name."""
    return "/".join(landed_path.split("/")[:4])


def _deliveries(store: Store) -> list[dict]:
    rows = store.arrow("ops__deliveries").to_pylist()
    return list({row["landed_path"]: row for row in rows}.values())
