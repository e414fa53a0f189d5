"""Attacks by archives named .7z: the unpacker opens other formats too, so zip and tar carry what 7z cannot."""

import io
import struct
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import cmake

COMMENTS = (b'<comments>\n<row Id="1" PostId="9" UserId="7" CreationDate="2030-01-01T12:00:00.000" Text="a" />\n'
            b"</comments>\n")


def zipped(*members: tuple[str, bytes]) -> bytes:
    """A zip archive; the same name may come twice."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def tarred(kind: bytes = tarfile.REGTYPE, link: str = "", name: str = "Comments.xml") -> bytes:
    """A tar archive of one plain comment file and one member of another kind."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        plain = tarfile.TarInfo("Users.xml")
        plain.size = len(COMMENTS)
        archive.addfile(plain, io.BytesIO(COMMENTS))
        hostile = tarfile.TarInfo(name)
        hostile.type, hostile.linkname = kind, link
        archive.addfile(hostile)
    return made.getvalue()


def sevenzipped(folder: Path, content: bytes) -> bytes:
    """A real 7z archive of one comment file."""
    (folder / "Comments.xml").write_bytes(content)
    subprocess.run([Path(cmake.CMAKE_BIN_DIR) / "cmake", "-E", "tar", "cf", "made.7z", "--format=7zip", "--",
                    "Comments.xml"], cwd=folder, check=True)
    return (folder / "made.7z").read_bytes()


def overlapping(count: int) -> bytes:
    """A zip archive whose directory names one compressed file many times (Fifield's bomb, without quoting)."""
    content = b"\0" * 1_000_000
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    checksum = zlib.crc32(content)
    body = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, checksum, len(packed), len(content), 12, 0)
    body += b"Comments.xml" + packed
    entries = b""
    for number in range(count):
        name = f"{number:04d}/Comments.xml".encode()
        entries += struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, checksum, len(packed), len(content),
                               len(name), 0, 0, 0, 0, 0, 0) + name
    return body + entries + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(entries), len(body), 0)


def lying(declared: int) -> bytes:
    """A zip archive whose member unpacks to 5 MB and declares less."""
    honest = zipped(("Comments.xml", b"\n" * 5_000_000))
    return honest.replace(struct.pack("<I", 5_000_000), struct.pack("<I", declared))


def several(count: int) -> bytes:
    return zipped(*[(f"{number}/Comments.xml", b"<comments/>") for number in range(count)])


REFUSED: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "parent folder": (lambda _: zipped(("../Comments.xml", COMMENTS)), "the file name '../"),
    "parent folder within": (lambda _: zipped(("a/../../Comments.xml", COMMENTS)), "the file name 'a/.."),
    "parent folder with backslashes": (lambda _: zipped(("..\\..\\Comments.xml", COMMENTS)), "the file name"),
    "absolute name": (lambda _: zipped(("/tmp/Comments.xml", COMMENTS)), "the file name '/tmp"),
    "parent folder in a tar": (lambda _: tarred(name="../../Comments.xml"), "the file name '../"),
    "absolute name in a tar": (lambda _: tarred(name="/tmp/Comments.xml"), "the file name '/tmp"),
    "symbolic link": (lambda _: tarred(tarfile.SYMTYPE, "/etc/hostname"), "a link or device"),
    "symbolic link to a folder": (lambda _: tarred(tarfile.SYMTYPE, "/", "a"), "a link or device"),
    "hard link": (lambda _: tarred(tarfile.LNKTYPE, "/etc/hostname"), "a link or device"),
    "character device": (lambda _: tarred(tarfile.CHRTYPE), ""),
    "block device": (lambda _: tarred(tarfile.BLKTYPE), ""),
    "named pipe": (lambda _: tarred(tarfile.FIFOTYPE), "a link or device"),
    "name given twice": (lambda _: zipped(("Comments.xml", COMMENTS), ("Comments.xml", COMMENTS)), "twice"),
    "names that differ in case": (lambda _: zipped(("Comments.xml", COMMENTS), ("comments.XML", COMMENTS)), "twice"),
    "line break in a name":
        (lambda _: zipped(("a\n-rw-r--r--  0 0 0 1 Jan 01 00:00 Comments.xml", COMMENTS)), ""),
    "flat bomb": (lambda _: zipped(("Comments.xml", b"\0" * 12_000_000)), "at most 100 times"),
    "flat bomb in a 7z": (lambda folder: sevenzipped(folder, b"\0" * 12_000_000), "at most 100 times"),
    "too many files": (lambda _: several(1_001), "1,001 files"),
    "size that lies": (lambda _: lying(100), ""),
    "size of nothing": (lambda _: lying(0), ""),
    "archive within an archive": (lambda _: zipped(("inner.7z", zipped(("Comments.xml", COMMENTS)))), "found none"),
    "cut short": (lambda folder: sevenzipped(folder, COMMENTS)[:-9], "a whole 7z archive"),
    "header that points far away":
        (lambda folder: sevenzipped(folder, COMMENTS)[:12] + b"\xff" * 20 + b"\0" * 100, "a whole 7z archive"),
    "no archive": (lambda _: b"MZ" + b"\0" * 1_000, "a whole 7z archive"),
    "nothing": (lambda _: b"", ""),
}
"""Archives that are refused as a whole, and words of the refusal where it is always the same."""

ONLY_NAMES = ("--Comments.xml", "@Comments.xml", "*/Comments.xml", "-P/Comments.xml")
"""Members whose names a command line could take for something else."""

GZIP_HEADER_NAME = b"\x1f\x8b\x08\x08\0\0\0\0\0\3../../../../tmp/evil\0"


def named_gzip(content: bytes) -> bytes:
    """A gzip stream that asks to be unpacked under another name."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    return GZIP_HEADER_NAME + packed + struct.pack("<2I", zlib.crc32(content), len(content))
