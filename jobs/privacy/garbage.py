"""Collect what nobody reads any more: files that no table leads to, and snapshots that no release needs."""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile
from pathlib import Path

from jobs.catalog import steps_back
from jobs.ledger import releases, visible_releases
from jobs.manifest import now
from jobs.privacy.rewriting import expirable_snapshots, expire, reachable_files
from jobs.storage import FRAMES, NAMESPACE, Store
from jobs.tables import RELEASED_TABLES, TABLES

OLDEST_NIGHT = timedelta(hours=24)
"""A night lasts minutes and is given up after hours: whatever it wrote and did not commit in a day is a leftover."""

PASSING = (".arriving-", ".redacting-", ".repacking-", ".masking-", ".manifest.json-")
"""Beginnings of names that a file has while it is written."""


@dataclass(frozen=True)
class Collected:
    """What was, or would be, removed; paths are relative to the store."""

    files: list[str] = field(default_factory=list)
    byte_count: int = 0
    expired_snapshot_count: int = 0


@dataclass(frozen=True)
class Leftovers:
    """What nobody is led to: files, and the folders of frames that go as a whole, with those of the files in them."""

    files: list[Path]
    frames: list[Path]


def collectable(store: Store, oldest: timedelta = OLDEST_NIGHT) -> Collected:
    """What collect would remove now; nothing is changed. Errors: as collect."""
    found = _leftovers(store, oldest)
    return _collected(store, found.files, sum(len(ids) for ids in _expirable(store, oldest).values()))


def collect(store: Store, oldest: timedelta = OLDEST_NIGHT) -> Collected:
    """Remove files older than a day that no snapshot, no metadata and no run leads to; a second call finds nothing.

    Killed at any point, it leaves a sound store: what is removed was out of reach before.
    """
    found = _leftovers(store, oldest)
    done = _collected(store, found.files, 0)
    for path in found.files:
        path.unlink(missing_ok=True)
    for folder in found.frames:
        shutil.rmtree(folder, ignore_errors=True)
    _remove_empty_folders(store)
    return done


def expire_and_collect(store: Store, oldest: timedelta = OLDEST_NIGHT) -> Collected:
    """Expire old snapshots that no branch, release or waiting candidate names; collect what only they led to."""
    expirable = _expirable(store, oldest)
    for table, ids in expirable.items():
        expire(store.iceberg(table), ids)
    done = collect(store, oldest)
    return Collected(done.files, done.byte_count, sum(len(ids) for ids in expirable.values()))


def _expirable(store: Store, oldest: timedelta) -> dict[str, list[int]]:
    before_ms = int(_cutoff(oldest) * 1000)
    kept = _frozen(store)
    found = {table: expirable_snapshots(store.iceberg(table), kept[table], before_ms)
             for table in _existing(store)}
    return {table: ids for table, ids in found.items() if ids}


def _frozen(store: Store) -> dict[str, set[int]]:
    """Snapshots that a release froze, or that the candidate of a night will freeze when it is approved, by table."""
    found: dict[str, set[int]] = defaultdict(set)
    for release in releases(store):
        for table, number in release.table_snapshots.items():
            found[table].add(number)
    for snapshots in _waiting(store):
        for table, number in snapshots.items():
            found[table] |= {number, *_steps_since_release(store, table, number, found[table])}
    return found


def _steps_since_release(store: Store, table: str, number: int, released: set[int]) -> Iterator[int]:
    """The snapshots between a candidate and the release that it was built on: publishing follows them back to it."""
    if table in RELEASED_TABLES.values():
        yield from takewhile(lambda step: step not in released, steps_back(store.iceberg(table), number))


def _waiting(store: Store) -> list[dict[str, int]]:
    """The snapshots of the newest candidate of each night, unless the newest release of the night says the same."""
    newest_said = {release.snapshot_date: (release.candidate_digest, release.input_digest)
                   for release in visible_releases(store)}
    rows = sorted(store.arrow("staged__candidates").to_pylist(), key=lambda row: row["recorded_at"])
    newest = {row["snapshot_date"]: row for row in rows}
    return [json.loads(row["table_snapshots"]) for day, row in newest.items()
            if (row["candidate_digest"], row["input_digest"]) != newest_said.get(day)]


def _leftovers(store: Store, oldest: timedelta) -> Leftovers:
    home, before = store.settings.home, _cutoff(oldest)
    frames = _given_up_frames(home, before)
    found = [*_unreachable(store), *_passing(home, frames)]
    return Leftovers([path for path in found if path.is_file() and path.stat().st_mtime < before], frames)


def _unreachable(store: Store) -> Iterator[Path]:
    reachable = {path for table in _existing(store) for path in reachable_files(store.iceberg(table))}
    yield from (path for path in sorted(store.settings.warehouse.rglob("*")) if str(path) not in reachable)


def _passing(home: Path, given_up: list[Path]) -> Iterator[Path]:
    """What is there for the time of one run only; frames as a whole, or not at all."""
    scratch, landed, frames = home / "scratch", home / "landed", home / FRAMES
    yield from (path for path in sorted(scratch.rglob("*")) if frames not in path.parents)
    for folder in given_up:
        yield from sorted(folder.rglob("*"))
    yield from (path for path in sorted(landed.rglob("*"))
                if any(part.startswith(PASSING) for part in path.relative_to(landed).parts))


def _given_up_frames(home: Path, before: float) -> list[Path]:
    """Folders of frames in which nothing was written since; a run at work may read what it wrote long ago."""
    return [folder for folder in sorted((home / FRAMES).glob("*"))
            if max(map(_written_at, (folder, *folder.rglob("*")))) < before]


def _written_at(path: Path) -> float:
    """When a file was written; what a run at work removes meanwhile counts as written now."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return now().timestamp()


def _cutoff(oldest: timedelta) -> float:
    return (now() - oldest).timestamp()


def _collected(store: Store, found: list[Path], expired: int) -> Collected:
    home = store.settings.home
    return Collected([path.relative_to(home).as_posix() for path in found],
                     sum(path.stat().st_size for path in found), expired)


def _remove_empty_folders(store: Store) -> None:
    """Folders of data that the removed files left; a run that is about to write makes its own."""
    for table in store.settings.warehouse.glob("*/*/data"):
        for folder in table.iterdir():
            if folder.is_dir() and not any(folder.iterdir()):
                shutil.rmtree(folder, ignore_errors=True)


def _existing(store: Store) -> list[str]:
    return [name for name in TABLES if store.catalog.table_exists((NAMESPACE, name))]
