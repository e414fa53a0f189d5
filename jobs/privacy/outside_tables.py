"""Bytes of a store outside its tables: reports, logs, scratch, leftovers. What names a person goes or is masked."""

import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from jobs.failpoints import failpoint
from jobs.person_identifiers import PersonIdentifiers
from jobs.privacy.searching import is_binary, is_named_in

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
    found = [path for path in stray if is_named_in(path, identifiers.without_names)]
    remove(found)
    return found


def sweep_rest(home: Path, identifiers: PersonIdentifiers) -> list[Path]:
    """Remove reports and scratch files that name the person, and mask them in logs and other text."""
    found = [path for path in _outside_tables(home) if path.is_file() and is_named_in(path, identifiers)]
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
    return [path for path in files_below(home) if apart.isdisjoint(path.parents) and is_named_in(path, ids)]


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _outside_tables(home: Path) -> list[Path]:
    apart = ("warehouse", "landed", "inbox", "keys")
    return [path for path in files_below(home) if path.relative_to(home).parts[0] not in apart]


def _mask(path: Path, identifiers: PersonIdentifiers) -> None:
    """Write the file with the mark in place of the person, line by line; a packed or binary file is left and named."""
    if path.suffix in (".gz", ".parquet") or is_binary(path):
        return
    draft = path.with_name(f".masking-{uuid.uuid4().hex}")
    with path.open("rb") as lines, draft.open("xb") as out:
        out.writelines(identifiers.masked(line) for line in lines)
    shutil.copymode(path, draft)
    draft.replace(path)
