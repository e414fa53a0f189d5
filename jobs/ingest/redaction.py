"""Delivered files without a person: the rows that name them are cut out, and mentions by others are masked.

A row is what the network calls one: a status, a message, an element, a line of a list. One that somebody else wrote
goes as well when it names the person by id: what is left of it would be read as a reaction to nobody.
"""

import gzip
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import cmake

from jobs.errors import BadInput, PipelineError
from jobs.ingest.archives import list_members, read_lines, unpacked_member, unpacking_in
from jobs.ingest.json_documents import array_elements, is_array
from jobs.ingest.networks import mailinglist
from jobs.ingest.refusals import CutShortError
from jobs.ingest.row_cuts import cut_of
from jobs.ingest.unreadable import is_note
from jobs.person_identifiers import PersonIdentifiers

FIRST_DAY = "1980-01-01 00:00:00Z"
"""Written as the time of every packed file, so that equal rows give equal bytes; the oldest that archives hold."""


@dataclass(frozen=True)
class Redacted:
    """What became of a file: where it is written without the person, and how many rows went.

    is_readable: false where a note took the place of a file that nobody can unpack; then row_count is 0.
    """

    path: Path
    row_count: int
    is_readable: bool = True


def redact(path: Path, feed: str, file_name: str, identifiers: PersonIdentifiers, target: Path) -> Redacted | None:
    """Write a delivered file without a person to target; None, and nothing written, when it does not name them.

    What breaks a file off in the middle breaks off the copy. Errors: UnreadableFile when the file cannot be unpacked;
    PipelineError when an archive cannot be packed again.
    """
    if is_note(path):
        return None
    if file_name.endswith(".7z"):
        return _redact_archive(path, feed, identifiers, target)
    cut = cut_of(feed, file_name, identifiers)
    changes = sum(cut(row) != row for row in _rows(path, feed))
    if not changes:
        return None
    gone = 0
    with _writer(target, file_name) as out:
        for row in _rows(path, feed):
            kept = cut(row)
            gone += kept is None
            out.write(b"" if kept is None else kept + b"\n")
    return Redacted(target, gone)


def _redact_archive(path: Path, feed: str, identifiers: PersonIdentifiers, target: Path) -> Redacted | None:
    with TemporaryDirectory(dir=target.parent, prefix=".repacking-") as folder, unpacking_in(Path(folder)):
        members = list_members(path)
        done = [_redact_member(path, feed, name, size, identifiers, Path(folder)) for name, size in members.items()]
        if not any(done):
            return None
        _pack(Path(folder), sorted(members), target)
        return Redacted(target, sum(one.row_count for one in done if one))


def _redact_member(
    archive: Path, feed: str, name: str, size: int, identifiers: PersonIdentifiers, folder: Path
) -> Redacted | None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    with unpacked_member(archive, name, size) as unpacked:
        found = redact(unpacked, feed, name, identifiers, folder / name)
        if not found:
            shutil.copyfile(unpacked, folder / name)
        return found


def _pack(folder: Path, names: list[str], target: Path) -> None:
    command = [Path(cmake.CMAKE_BIN_DIR) / "cmake", "-E", "tar", "cf", target.absolute(), "--format=7zip",
               f"--mtime={FIRST_DAY}", "--", *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False,
                          env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath})
    if done.returncode:
        raise PipelineError(f"{target.name}: could not be packed again without a person ({done.stderr.strip()[:200]}); "
                            "nothing was changed. Check the free space, and run it again.")


def _rows(path: Path, feed: str) -> Iterator[bytes]:
    """The rows of a file as they lie there, without the last end of line; a file that breaks off ends early."""
    if feed == "twitter" and _is_readable_array(path):
        return _elements(path)
    lines = _whole_lines(path)
    if feed == "mailinglist":
        return _messages(lines)
    if feed == "twitter":
        return _documents(lines)
    return lines


def _is_readable_array(path: Path) -> bool:
    """Whether a file is an array that can be read to its end, or to where it breaks off."""
    try:
        return is_array(path) and all(array_elements(path))
    except CutShortError:
        return True
    except BadInput:
        return False


def _elements(path: Path) -> Iterator[bytes]:
    """The elements of an array between brackets and commas of their own; one that breaks off stays open."""
    yield b"["
    try:
        for element in array_elements(path):
            yield element
            yield b","
    except CutShortError:
        return
    yield b"]"


def _whole_lines(path: Path) -> Iterator[bytes]:
    try:
        yield from read_lines(path)
    except CutShortError:
        return


def _messages(lines: Iterable[bytes]) -> Iterator[bytes]:
    message: list[bytes] = []
    for line in lines:
        if mailinglist.SEPARATOR.fullmatch(line) and message:
            yield b"\n".join(message)
            message = []
        message.append(line)
    if message:
        yield b"\n".join(message)


def _documents(lines: Iterator[bytes]) -> Iterator[bytes]:
    first = next(lines, None)
    if first is None:
        return
    if first.strip() in (b"{", b"["):
        yield b"\n".join([first, *lines])
    else:
        yield first
        yield from lines


@contextmanager
def _writer(target: Path, file_name: str) -> Iterator[BinaryIO]:
    """Packed as the file was, and without a time of packing: equal rows give equal bytes."""
    with target.open("xb") as plain:
        if file_name.endswith(".gz"):
            with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as packed:
                yield packed
        else:
            yield plain
