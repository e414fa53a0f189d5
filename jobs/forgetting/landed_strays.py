"""Landed files that no delivery names: refused lists, stray copies, and what killed runs left."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs.errors import BadInput
from jobs.ingest.redaction import redact
from jobs.person_identifiers import PersonIdentifiers
from jobs.privacy import outside_tables

SUFFIXES = {b"\x1f\x8b": ".gz", b"7z": ".7z"}
"""By the first two bytes: a copy on its way has no name of its own yet."""

USERS = "users.xml"
"""The file in which an account is named by an attribute of its own; a copy on its way may be one."""


def remove_strays(home: Path, known: frozenset[str], identifiers: PersonIdentifiers) -> list[Path]:
    """Remove those that name the person in the words of their feed; the files that were removed.

    known: landed files that deliveries name, relative to home. One that cannot be read goes, too: nobody could say that
    it names nobody.
    """
    landed = home / "landed"
    (home / "scratch").mkdir(exist_ok=True)
    stray = [path for path in outside_tables.files_below(landed) if path.relative_to(home).as_posix() not in known]
    found = [path for path in stray
             if _is_named(path, path.relative_to(landed).parts[0], home / "scratch", identifiers)]
    outside_tables.remove(found)
    return found


def _is_named(path: Path, feed: str, scratch: Path, identifiers: PersonIdentifiers) -> bool:
    with TemporaryDirectory(dir=scratch) as folder:
        copy = Path(folder) / f"copy{_suffix(path)}"
        copy.hardlink_to(path)
        try:
            return any(redact(copy, feed, name, identifiers, Path(folder) / "redacted") for name in _names(path, copy))
        except BadInput:
            return True


def _suffix(path: Path) -> str:
    with path.open("rb") as file:
        return SUFFIXES.get(file.read(2), "")


def _names(path: Path, copy: Path) -> Iterator[str]:
    """What the file may be called: its own name, with the suffix that its bytes ask for."""
    yield f"{path.name.removesuffix(copy.suffix)}{copy.suffix}"
    if path.name.startswith("."):
        yield f"{USERS}{copy.suffix}"
