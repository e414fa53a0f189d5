"""Open delivered files as bounded streams: plain, gzip and 7z, refusing what is built to hurt."""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import cmake

from jobs.errors import BadInput, PipelineError
from jobs.ingest.refusals import CutShortError

MAX_LINE_BYTES = 8_000_000
"""Longest line that is read whole: a field of 1 MB fits in even with each of its bytes escaped (`&quot;`), and so
does a search response; the worst JSON of this size takes 300 MB when parsed."""

BLOCK_BYTES = 1 << 20
"""What is read at once of a file without lines."""

MAX_UNPACK_RATIO = 100
"""Unpacked bytes per packed byte; dumps, mail and statuses reach 4 to 30, bombs 1,000 and more."""

HARMLESS_BYTES = 10_000_000
"""Below this size the ratio is not looked at: nothing so small can fill memory or disk."""

MAX_UNPACKED_BYTES = 20_000_000_000
"""Most that one 7z archive may unpack to disk; larger dumps are handed over as plain XML."""

MAX_ARCHIVE_FILES = 1_000
"""A dump has eight files; an archive with this many is something else."""

UNPACKER_MEMORY_BYTES = 400_000_000
"""Address space of the unpacking process, so that a declared giant dictionary fails there and not here."""

ITS_OWN_SIGNALS = {signal.SIGXFSZ, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
"""What an archive can make its unpacker end with; every other signal came from somebody else."""

LIMITED = """
import os, resource, signal, sys
file_bytes, memory_bytes, *command = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_bytes),) * 2)
resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes),) * 2)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
os.execv(command[0], command)
"""
"""Limits itself, then becomes the unpacker. Limits set between fork and exec bind a copy of this process, whose at-fork
handlers run with the threads of the engine gone: gRPC's failed there, and a whole archive was refused as damaged."""

_UNPACKED_IN: ContextVar[Path | None] = ContextVar("unpacked_in", default=None)

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP_MAGIC = b"\x1f\x8b"
_LISTED = re.compile(r"(?P<kind>.)\S{9}\s+\d+ +\S+ +\S+ +(?P<size>\d+) +\d+ \w{3} +[\d:]+ (?P<name>.+)")


class UnreadableFile(BadInput):
    """The bytes of a delivered file cannot be unpacked, or must not be: nobody can say whom it names."""


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a plain or .gz file without their ends, a byte order mark left out.

    A line longer than MAX_LINE_BYTES comes cut to one byte more than that, so that its reader can see it.

    Raises:
        CutShortError: a gzip stream ends or breaks in the middle.
        UnreadableFile: a .gz file is no gzip at all, or unpacks to far more than it may.
    """
    is_rest_of_line = False
    for piece in _pieces(path, lambda stream: stream.readline(MAX_LINE_BYTES)):
        is_cut = len(piece) == MAX_LINE_BYTES and not piece.endswith(b"\n")
        if not is_rest_of_line:
            yield piece + b" " if is_cut else piece.rstrip(b"\r\n")
        is_rest_of_line = is_cut


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a plain or .gz file in blocks, a byte order mark left out; raises as read_lines."""
    return _pieces(path, lambda stream: stream.read(BLOCK_BYTES))


def _pieces(path: Path, read: Callable[[BinaryIO], bytes]) -> Iterator[bytes]:
    with _opened(path) as stream:
        pieces = _bounded(iter(lambda: read(stream), b""), path)
        try:
            yield next(pieces, b"").removeprefix(_BYTE_ORDER_MARK)
            yield from pieces
        except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
            raise CutShortError("truncated_gzip", f"the gzip stream breaks: {broken}") from broken


def _opened(path: Path) -> BinaryIO:
    if path.suffix != ".gz":
        return path.open("rb")
    with path.open("rb") as packed:
        magic = packed.read(2)
    if not magic:
        raise CutShortError("truncated_gzip", "the file is empty, where a gzip stream was expected")
    if magic != _GZIP_MAGIC:
        raise UnreadableFile(
            f"{path.name}: expected a gzip stream (first bytes 1f 8b), got {magic.hex(' ')}. Deliver it again."
        )
    return gzip.open(path, "rb")


def _bounded(pieces: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """The pieces of a file, until there are too many bytes for its size."""
    unpacked, most = 0, max(HARMLESS_BYTES, MAX_UNPACK_RATIO * path.stat().st_size)
    for piece in pieces:
        unpacked += len(piece)
        if unpacked > most:
            raise UnreadableFile(
                f"{path.name}: expected at most {most:,} bytes ({MAX_UNPACK_RATIO} times its size), it unpacks to "
                f"more; refused as a bomb. Ask the sender, or deliver it unpacked."
            )
        yield piece


def list_members(archive: Path) -> dict[str, int]:
    """Name and size of each file in a 7z archive.

    Raises:
        UnreadableFile: it is no archive, holds unsafe names, links or duplicates, or would unpack to too much.
    """
    listed = _unpacker(archive, "tvf", cwd=archive.parent, most=0)
    entries = [_entry(archive, line) for line in listed.splitlines() if line]
    sizes = {name: size for kind, name, size in entries if kind == "-"}
    if len({name.casefold() for name in sizes}) < sum(kind == "-" for kind, _, _ in entries):
        raise _unsafe(archive, "the same file name twice, or names that differ only in case")
    _refuse_large(archive, sizes)
    return sizes


def _entry(archive: Path, line: str) -> tuple[str, str, int]:
    found = _LISTED.fullmatch(line)
    if not found:
        raise _unsafe(archive, f"an entry that cannot be read: {line[:80]!r}")
    name = PurePosixPath(found["name"].replace("\\", "/"))
    if found["kind"] not in "-d":
        raise _unsafe(archive, f"a link or device, {str(name)[:80]!r}")
    if name.is_absolute() or ".." in name.parts:
        raise _unsafe(archive, f"the file name {str(name)[:80]!r}")
    return found["kind"], found["name"], int(found["size"])


def _refuse_large(archive: Path, sizes: dict[str, int]) -> None:
    total, packed = sum(sizes.values()), archive.stat().st_size
    if len(sizes) > MAX_ARCHIVE_FILES:
        raise _unsafe(archive, f"{len(sizes):,} files (at most {MAX_ARCHIVE_FILES:,})")
    if total > max(HARMLESS_BYTES, MAX_UNPACK_RATIO * packed):
        raise _unsafe(archive, f"{total:,} bytes in {packed:,} packed (at most {MAX_UNPACK_RATIO} times)")
    if total > MAX_UNPACKED_BYTES:
        raise _unsafe(archive, f"{total:,} bytes (at most {MAX_UNPACKED_BYTES:,})")


def _unsafe(archive: Path, what: str) -> UnreadableFile:
    return UnreadableFile(f"{archive.name}: holds {what}; nothing was unpacked. Deliver its plain files instead.")


@contextmanager
def unpacking_in(folder: Path) -> Iterator[None]:
    """Unpack below a folder of the store, which has space for dumps; elsewhere it is the system's temporary folder."""
    before = _UNPACKED_IN.set(folder)
    try:
        yield
    finally:
        _UNPACKED_IN.reset(before)


@contextmanager
def unpacked_member(archive: Path, name: str, size: int) -> Iterator[Path]:
    """Lend one member of a 7z archive as a plain file in a temporary folder, removed afterwards.

    Raises:
        UnreadableFile: the archive is damaged, or the member is larger than its declared size.
        PipelineError: this machine has no space for it, or somebody ended the unpacker.
    """
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=_UNPACKED_IN.get()) as folder:
        _require_space(archive, Path(folder), size)
        try:
            _unpacker(archive, "xf", name, cwd=Path(folder), most=size)
        except UnreadableFile:
            _require_space(archive, Path(folder), size)
            raise
        member = Path(folder) / name
        if member.is_symlink() or not member.is_file() or member.stat().st_size != size:
            raise UnreadableFile(
                f"{archive.name}: {name} does not unpack to the {size:,} bytes that it declares. Deliver it again."
            )
        yield member


def _require_space(archive: Path, folder: Path, size: int) -> None:
    """Space for a member, or for what is missing of it: a full disk is no fault of the archive."""
    written = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    free = shutil.disk_usage(folder).free
    if free < size - written:
        raise PipelineError(
            f"{archive.name}: expected {size - written:,} bytes of free space in {folder.parent} to unpack it, found "
            f"{free:,}; nothing committed. Make space, and load it again."
        )


def _unpacker(archive: Path, action: str, *members: str, cwd: Path, most: int) -> str:
    unpacker = [Path(cmake.CMAKE_BIN_DIR) / "cmake", "-E", "tar", action, archive.absolute(), "--", *members]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LIMITED, str(most), str(UNPACKER_MEMORY_BYTES), *unpacker], cwd=cwd,
            capture_output=True, text=True, errors="replace", check=False,
            env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath},
        )  # fmt: skip
    except OSError as error:
        raise PipelineError(
            f"{archive.name}: this machine could not start the unpacker ({error}); nothing committed. Load it again."
        ) from error
    if done.returncode < 0 and -done.returncode not in ITS_OWN_SIGNALS:
        raise PipelineError(
            f"{archive.name}: expected the unpacker to end, it was ended by signal {-done.returncode}, by hand or for "
            f"lack of memory; nothing committed. Load it again."
        )
    if done.returncode:
        reason = " ".join(done.stderr.split())[:200] or f"the unpacker ended with {done.returncode}"
        raise UnreadableFile(f"{archive.name}: expected a whole 7z archive; {reason}. Deliver it again.")
    return done.stdout
