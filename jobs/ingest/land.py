"""Landing: delivered files are kept byte for byte before anything reads them."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from jobs.errors import BadInput, CommitConflict, MissingInput
from jobs.failpoints import failpoint

BLOCK_BYTES = 1 << 20
FOLDER_HASH_CHARACTERS = 16
"""64 bits of the checksum name the folder; the manifest and ops__deliveries hold all of it."""

MANIFEST_NAME = "manifest.json"
ALL_DATES = "all"

NOT_TO_BE_OPENED = (FileNotFoundError, PermissionError, IsADirectoryError)
"""What opening a delivered file raises when the file is at fault; everything else is a fault of this machine."""


@dataclass(frozen=True)
class DeliveredFile:
    """A file to land, and the name that it keeps: relative to the folder that was delivered."""

    path: Path
    name: str


@dataclass(frozen=True)
class Arrival:
    """A copy that has no place yet."""

    file_name: str
    copy: Path
    sha256: str
    byte_count: int
    seconds: float


@dataclass(frozen=True)
class LandedFile:
    """A file in its place; landed_path is relative to the store."""

    path: Path
    landed_path: str
    arrival: Arrival


@dataclass(frozen=True)
class Landing:
    """Where the files of one feed land for one day, or for all days."""

    home: Path
    feed: str
    snapshot_date: date | None

    @property
    def scope(self) -> str:
        """The part of the path that says which days a delivery is for."""
        return self.snapshot_date.isoformat() if self.snapshot_date else ALL_DATES

    @property
    def prefix(self) -> str:
        """What every landed_path of this feed and scope begins with."""
        return f"landed/{self.feed}/{self.scope}/"

    def copy_in(self, delivered: DeliveredFile) -> Arrival:
        """Copy a file into the store, hashing on the way, until its bytes are on disk.

        Errors: BadInput when it cannot be opened; OSError when this machine cannot copy it.
        """
        started = time.perf_counter()
        folder = self.home / self.prefix
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / f".arriving-{uuid4().hex}"
        with _opened(delivered.path) as incoming:
            try:
                digest = _copy(incoming, copy)
            except OSError:
                copy.unlink(missing_ok=True)
                raise
        failpoint("land.copied_in")
        return Arrival(delivered.name, copy, digest, copy.stat().st_size, time.perf_counter() - started)

    def keep(self, arrival: Arrival) -> LandedFile:
        """Give an arrival its place, named by its checksum, and write the manifest beside it."""
        landed_path = f"{self.prefix}{arrival.sha256[:FOLDER_HASH_CHARACTERS]}/{arrival.file_name}"
        path = self.home / landed_path
        path.parent.mkdir(parents=True, exist_ok=True)
        arrival.copy.replace(path)
        _sync_folder(path.parent)
        failpoint("land.placed")
        landed = LandedFile(path, landed_path, arrival)
        self.write_manifest(landed, row_count=None)
        return landed

    def write_manifest(self, landed: LandedFile, row_count: int | None) -> None:
        """Say beside a landed file what it is; row_count stays null until the file was read."""
        arrival = landed.arrival
        facts = {
            "feed": self.feed,
            "date": self.scope,
            "file": arrival.file_name,
            "bytes": arrival.byte_count,
            "sha256": arrival.sha256,
            "rows": row_count,
        }
        folder = self.home / self.prefix / arrival.sha256[:FOLDER_HASH_CHARACTERS]
        draft = folder / f".{MANIFEST_NAME}-{uuid4().hex}"
        with draft.open("x", encoding="utf-8") as manifest:
            json.dump(facts, manifest, indent=2)
            manifest.flush()
            os.fsync(manifest.fileno())
        failpoint("land.manifest_drafted")
        draft.replace(folder / MANIFEST_NAME)
        failpoint("land.manifest_written")
        _sync_folder(folder)


def delivered_files(paths: list[Path]) -> list[DeliveredFile]:
    """The files of a delivery: a folder gives every file below it, under its relative name.

    Errors: MissingInput when a path does not exist or there is no file at all.
    """
    found = [file for path in paths for file in _files_at(path)]
    if not found:
        raise MissingInput(
            f"no file to load in {', '.join(map(str, paths)) or 'an empty list of paths'}; "
            f"name a file, or a folder that holds one."
        )
    return found


@contextmanager
def only_load(landing: Landing) -> Iterator[None]:
    """Keep a second load of the same feed and day out, so that a retry beside a lost run cannot load rows twice.

    Loads of other days of the feed may go on beside it; one of all days is alone with the feed.
    Errors: CommitConflict while another process loads what this one would.
    """
    feed_folder = landing.home / "landed" / landing.feed
    day_folder = landing.home / landing.prefix
    day_folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as locks:
        locks.enter_context(_locked(feed_folder, fcntl.LOCK_SH if landing.snapshot_date else fcntl.LOCK_EX, landing))
        locks.enter_context(_locked(day_folder, fcntl.LOCK_EX, landing))
        yield


@contextmanager
def _locked(folder: Path, operation: int, landing: Landing) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock_now(descriptor, operation, landing)
        yield
    finally:
        os.close(descriptor)


def _lock_now(descriptor: int, operation: int, landing: Landing) -> None:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CommitConflict(
            f"feed {landing.feed} of {landing.scope} is being loaded by another process; nothing done. "
            f"Wait for it to end, then load again."
        ) from error


def _files_at(path: Path) -> list[DeliveredFile]:
    if path.is_file():
        return [DeliveredFile(path, _name_with_folder(path, path.parent.parent))]
    if not path.is_dir():
        raise MissingInput(f"{path}: no such file or folder; nothing loaded. Check the path.")
    below = sorted(file for file in path.rglob("*") if file.is_file())
    for file in below:
        _require_plain(file, path)
    return [DeliveredFile(file, _name_with_folder(file, path)) for file in below]


def _require_plain(file: Path, root: Path) -> None:
    """Refuse a link, which could hand any file of this machine over, and a name that no table or log can hold."""
    name = file.relative_to(root).as_posix()
    is_hidden_text = not name.isprintable() or MANIFEST_NAME in file.relative_to(root).parts[:-1]
    if file.is_symlink() or is_hidden_text:
        raise BadInput(
            f"{ascii(str(file))}: expected a plain file under a printable name, got a link, a name with control "
            f"characters, or a folder named {MANIFEST_NAME}; nothing loaded. Deliver the file itself, renamed."
        )


def _name_with_folder(file: Path, root: Path) -> str:
    """The name below the root, with at least one folder: for a mailing list the folder is the list."""
    name = file.relative_to(root).as_posix()
    return name if "/" in name else f"{file.parent.name}/{name}"


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except NOT_TO_BE_OPENED as error:
        raise BadInput(
            f"{path}: cannot be read ({error}); nothing loaded. Check the file and its permissions."
        ) from error


def _copy(incoming: BinaryIO, target: Path) -> str:
    digest = sha256()
    with target.open("xb") as outgoing:
        while block := incoming.read(BLOCK_BYTES):
            digest.update(block)
            outgoing.write(block)
        failpoint("land.bytes_copied")
        outgoing.flush()
        os.fsync(outgoing.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
