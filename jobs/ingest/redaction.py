"""Delivered files without a person: the rows that name them are cut out, and mentions by others are masked.

A row is what the network calls one: a status, a message, an element, a line of a list. One that somebody else wrote
goes as well when it names the person by id: what is left of it would be read as a reaction to nobody.
"""

import csv
import gzip
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import cmake

from jobs.errors import BadInput
from jobs.ingest.archives import list_members, read_lines, unpacked_member
from jobs.ingest.networks import mailinglist
from jobs.ingest.refusals import CutShortError
from jobs.person_identifiers import PersonIdentifiers, without_names
from jobs.settings import LIST_FEEDS

OWN_FIELDS = re.compile(rb'\s(?:\w*UserId|AccountId)="(-?\d+)"')
"""Attributes of a Stack Exchange row that name an account of the site."""

USERS_ID = re.compile(rb'\sId="(-?\d+)"')
"""The account, in the file of users alone."""

FIRST_DAY = "1980-01-01 00:00:00Z"
"""Written as the time of every packed file, so that equal rows give equal bytes; the oldest that archives hold."""

Cut = Callable[[bytes], bytes | None]
"""A row as it is kept; None when it goes."""


@dataclass(frozen=True)
class Redacted:
    """What became of a file: where it is written without the person, and how many rows went."""

    path: Path
    row_count: int


def redact(path: Path, feed: str, file_name: str, identifiers: PersonIdentifiers, target: Path) -> Redacted | None:
    """Write a delivered file without a person to target; None, and nothing written, when it does not name them.

    What breaks a file off in the middle breaks off the copy. Errors: BadInput when an archive cannot be packed again.
    """
    if file_name.endswith(".7z"):
        return _redact_archive(path, feed, identifiers, target)
    cut = _cut_of(feed, file_name, identifiers)
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
    with TemporaryDirectory(dir=target.parent, prefix=".repacking-") as folder:
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
        raise BadInput(f"{target.name}: could not be packed again without a person ({done.stderr.strip()[:200]}); "
                       "nothing was changed. Check the free space, and try again.")


def _rows(path: Path, feed: str) -> Iterator[bytes]:
    """The rows of a file as they lie there, without the last end of line; a file that breaks off ends early."""
    lines = _whole_lines(path)
    if feed == "mailinglist":
        return _messages(lines)
    if feed == "twitter":
        return _documents(lines)
    return lines


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


def _cut_of(feed: str, file_name: str, identifiers: PersonIdentifiers) -> Cut:
    """How a row of a feed is kept without the person."""
    ids = identifiers.account_ids(feed)
    match feed:
        case "mailinglist":
            return lambda row: _message(row, ids, identifiers)
        case "stackexchange":
            own = USERS_ID if Path(file_name).name.lower().startswith("users") else OWN_FIELDS
            return lambda row: None if _owners(own, row) & ids else _unnamed(row, identifiers)
        case "twitter":
            return lambda row: _document(row, identifiers)
        case _ if feed in LIST_FEEDS:
            return lambda row: _listed(row, identifiers)
        case _:
            return lambda row: _unnamed(row, identifiers)


def _unnamed(row: bytes, identifiers: PersonIdentifiers) -> bytes | None:
    return None if without_names(identifiers).are_in(row) else identifiers.masked(row)


def _owners(own: re.Pattern[bytes], row: bytes) -> frozenset[str]:
    return frozenset(found.decode() for found in own.findall(row))


def _listed(row: bytes, identifiers: PersonIdentifiers) -> bytes | None:
    cells = next(csv.reader([row.decode(errors="replace")]), [])
    named = tuple(cell.strip() for cell in cells[:2])
    return None if named in identifiers.accounts or identifiers.people & {cell.strip() for cell in cells} else row


def _message(row: bytes, ids: frozenset[str], identifiers: PersonIdentifiers) -> bytes | None:
    text = row.decode(errors="surrogateescape")
    sender = mailinglist.sender_of(mailinglist.headers_of(text.partition("\n\n")[0]).get("from", ""))
    if sender and sender.account_id in ids:
        return None
    masked = mailinglist.ADDRESS.sub(lambda found: _address(found[0], ids, identifiers.mark), text)
    return _unnamed(masked.encode(errors="surrogateescape"), identifiers)


def _address(written: str, ids: frozenset[str], mark: str) -> str:
    sender = mailinglist.sender_of(written)
    return mark if sender and sender.account_id in ids else written


def _document(row: bytes, identifiers: PersonIdentifiers) -> bytes | None:
    """A status goes whole; of a response, the statuses that name the person go."""
    if not identifiers.are_in(row):
        return row
    try:
        value = json.loads(row)
    except (ValueError, RecursionError):
        return _unnamed(row, identifiers)
    statuses = value.get("statuses") if isinstance(value, dict) else value
    if not isinstance(statuses, list):
        return _unnamed(row, identifiers)
    kept = [one for one in statuses if _unnamed(json.dumps(one).encode(), identifiers) is not None]
    return identifiers.masked(json.dumps({**value, "statuses": kept} if isinstance(value, dict) else kept).encode())


@contextmanager
def _writer(target: Path, file_name: str) -> Iterator[BinaryIO]:
    """Packed as the file was, and without a time of packing: equal rows give equal bytes."""
    with target.open("xb") as plain:
        if file_name.endswith(".gz"):
            with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as packed:
                yield packed
        else:
            yield plain
