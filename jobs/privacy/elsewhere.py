"""Bytes of a store outside its tables: reports, logs, scratch, leftovers. What names a person goes or is masked."""

import gzip
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from jobs.failpoints import failpoint
from jobs.person_identifiers import PersonIdentifiers
from jobs.privacy.rewriting import manifest_bounds

MADE_AGAIN = ("scratch", "reports")
"""Folders whose files are made from tables, and can be made again."""

REPORT_FOLDER_PARTS = 3
"""reports/<kind>/<name>: a report is one folder, and sealed as a whole."""


def remove(paths: Iterable[str | Path]) -> None:
    """Remove files that no reader is led to any more, and folders that they leave empty."""
    for path in map(Path, paths):
        path.unlink(missing_ok=True)
        failpoint("forget.file_removed")
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()


def sweep_warehouse(warehouse: Path, reachable: frozenset[str], identifiers: PersonIdentifiers) -> list[Path]:
    """Remove what no table leads to and names the person: leftovers of runs that were killed."""
    stray = [path for path in files_below(warehouse) if str(path) not in reachable]
    found = [path for path in stray if identifiers.without_names.are_in(_content(path))]
    remove(found)
    return found


def sweep_rest(home: Path, identifiers: PersonIdentifiers) -> list[Path]:
    """Remove reports and scratch files that name the person, and mask them in logs and other text."""
    found = [path for path in _outside_tables(home) if path.is_file() and identifiers.are_in(_content(path))]
    for path in found:
        parts = path.relative_to(home).parts
        if parts[0] == "reports" and len(parts) > REPORT_FOLDER_PARTS:
            shutil.rmtree(home.joinpath(*parts[:REPORT_FOLDER_PARTS]), ignore_errors=True)
        elif parts[0] in MADE_AGAIN:
            remove([path])
        else:
            _mask(path, identifiers)
    return found


def still_named(home: Path, warehouse: Path, identifiers: PersonIdentifiers) -> list[Path]:
    """Files outside the tables that still hold an id of the person; none is what an erasure promises."""
    ids, apart = identifiers.without_names, {warehouse, home / "keys"}
    return [path for path in files_below(home) if apart.isdisjoint(path.parents) and ids.are_in(_content(path))]


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _outside_tables(home: Path) -> list[Path]:
    apart = ("warehouse", "landed", "inbox", "keys")
    return [path for path in files_below(home) if path.relative_to(home).parts[0] not in apart]


def _content(path: Path) -> bytes:
    """The bytes of a file, and what they unpack to."""
    raw = path.read_bytes()
    match path.suffix:
        case ".gz":
            return raw + _unpacked(raw)
        case ".parquet":
            return raw + _cells(path)
        case ".avro":
            return raw + manifest_bounds(path)
        case _:
            return raw


def _unpacked(raw: bytes) -> bytes:
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError):
        return b""


def _cells(path: Path) -> bytes:
    try:
        rows = pq.read_table(path)
    except (OSError, ValueError):
        return b""
    texts = (column.to_pylist() for column in rows.columns if str(column.type) in ("string", "large_string"))
    return "\n".join(cell for cells in texts for cell in cells if cell is not None).encode(errors="replace")


def _mask(path: Path, identifiers: PersonIdentifiers) -> None:
    """Write the file anew with the mark in place of the person; a packed or binary file is left and told of."""
    content = path.read_bytes()
    if b"\0" in content or path.suffix in (".gz", ".parquet"):
        return
    draft = path.with_name(f".masking-{uuid.uuid4().hex}")
    draft.write_bytes(identifiers.masked(content))
    shutil.copymode(path, draft)
    draft.replace(path)
