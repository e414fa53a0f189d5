"""The history of a table over other files: the same snapshots, by the same ids, without what was erased.

Why the ids stay: the release ledger names snapshots, and its rows are chained; so a release still finds its night.
Manifests repeat the least and the greatest value of each column, so they are rewritten with the files.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache
from pathlib import Path

from pyiceberg.avro.file import AvroFile
from pyiceberg.io.pyarrow import PyArrowFileIO, parquet_file_to_data_file
from pyiceberg.manifest import (
    DEFAULT_READ_VERSION,
    MANIFEST_ENTRY_SCHEMAS,
    DataFile,
    DataFileContent,
    FileFormat,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
    read_manifest_list,
    write_manifest,
    write_manifest_list,
)
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Snapshot

from jobs.catalog import Rewrite

PATH, RECORDS, SIZE = 1, 4, 5
"""Places of a data file's fields that name it, in the Iceberg specification's order."""

STATISTICS = range(6, 12)
"""Places of its sizes, counts and bounds of columns."""

CODEC = "deflate"

MOST_REMEMBERED = 16_384
"""Manifests and their lists remembered by a process, by their paths: a year of the tables of a night."""


def local(path: str) -> str:
    """A path without the scheme of the warehouse; readers get such paths."""
    return path.removeprefix("file://")


def history_files(table: Table) -> set[str]:
    """Every data file that a manifest of any snapshot names, also those that a snapshot took out."""
    return set().union(*(_files_named_by(manifest) for manifest in _manifests(table)))


def reachable_files(table: Table) -> set[str]:
    """Every file that a reader of any snapshot may open: metadata, lists of manifests, manifests and data."""
    metadata = table.metadata
    former = [entry.metadata_file for entry in metadata.metadata_log]
    lists = [snapshot.manifest_list for snapshot in metadata.snapshots]
    manifests = [manifest.manifest_path for manifest in _manifests(table)]
    named = {local(path) for path in (table.metadata_location, *former, *lists, *manifests)}
    return named | history_files(table)


def manifest_bounds(path: Path) -> bytes:
    """The least and greatest values that a manifest repeats; nothing for a file that is no manifest."""
    try:
        with AvroFile[ManifestEntry](
            PyArrowFileIO().new_input(path.as_uri()), MANIFEST_ENTRY_SCHEMAS[DEFAULT_READ_VERSION],
            read_types={-1: ManifestEntry, 2: DataFile},
            read_enums={0: ManifestEntryStatus, 101: FileFormat, 134: DataFileContent},
        ) as entries:
            files = [entry.data_file for entry in entries]
    except Exception:  # a list of manifests or a damaged file: neither repeats a value of a column
        return b""
    bounds = [file.lower_bounds or {} for file in files] + [file.upper_bounds or {} for file in files]
    return b"\n".join(value for one in bounds for value in one.values())


def rewrite(table: Table, replaced: Mapping[str, str]) -> Rewrite | None:
    """The table over replaced files, ready to be committed; None when no manifest names any of them.

    replaced: new path by old path, both local. Files that are gone from disk keep their place and lose their bounds.
    """
    anew = {manifest.manifest_path: _manifest_anew(table, manifest, replaced) for manifest in _manifests(table)}
    if all(new is None for new in anew.values()):
        return None
    snapshots = [_snapshot_anew(table, snapshot, anew) for snapshot in table.metadata.snapshots]
    return Rewrite(table, _metadata_anew(table, snapshots))


def expirable_snapshots(table: Table, kept: set[int], before_ms: int) -> list[int]:
    """Snapshots older than a time that no branch or tag points at and nobody keeps."""
    named = kept | {reference.snapshot_id for reference in table.metadata.refs.values()}
    return [one.snapshot_id for one in table.metadata.snapshots
            if one.snapshot_id not in named and one.timestamp_ms < before_ms]


def expire(table: Table, snapshot_ids: list[int]) -> None:
    """Expire snapshots in one commit; their files are collected later."""
    table.maintenance.expire_snapshots().by_ids(snapshot_ids).commit()


def _metadata_anew(table: Table, snapshots: list[Snapshot]) -> TableMetadata:
    """Without the log of former metadata: it leads to the files that are replaced."""
    return table.metadata.model_copy(update={"snapshots": snapshots, "metadata_log": []})


def _snapshot_anew(table: Table, snapshot: Snapshot, anew: Mapping[str, ManifestFile | None]) -> Snapshot:
    manifests = _manifests_in(snapshot.manifest_list)
    if not any(anew[manifest.manifest_path] for manifest in manifests):
        return snapshot
    path = f"{table.location()}/metadata/snap-{snapshot.snapshot_id}-0-{uuid.uuid4()}.avro"
    with write_manifest_list(table.metadata.format_version, table.io.new_output(path), snapshot.snapshot_id,
                             snapshot.parent_snapshot_id, snapshot.sequence_number, CODEC) as out:
        out.add_manifests([anew[manifest.manifest_path] or manifest for manifest in manifests])
    return snapshot.model_copy(update={"manifest_list": path})


def _manifest_anew(table: Table, manifest: ManifestFile, replaced: Mapping[str, str]) -> ManifestFile | None:
    entries = _entries(table, manifest)
    changes = [_change(table, entry.data_file, replaced) for entry in entries]
    if not any(changes):
        return None
    path = f"{table.location()}/metadata/{uuid.uuid4()}-m0.avro"
    with write_manifest(table.metadata.format_version, table.specs()[manifest.partition_spec_id], table.schema(),
                        table.io.new_output(path), manifest.added_snapshot_id, CODEC) as out:
        for entry, change in zip(entries, changes, strict=True):
            out.add_entry(_entry_of(entry, change(entry.data_file)) if change else entry)
    written = out.to_manifest_file()
    written.sequence_number, written.min_sequence_number = manifest.sequence_number, manifest.min_sequence_number
    return written


Change = Callable[[DataFile], DataFile]


def _change(table: Table, file: DataFile, replaced: Mapping[str, str]) -> Change | None:
    """How an entry is rewritten; None when it stays."""
    path = local(file.file_path)
    if path in replaced:
        return lambda old: _replacing(table, old, replaced[path])
    if not Path(path).exists() and file.lower_bounds:
        return _without_statistics
    return None


def _replacing(table: Table, old: DataFile, path: str) -> DataFile:
    """The entry of a new file in the place of an old one, in its partition and under its kind of path."""
    scheme = old.file_path[:-len(local(old.file_path))]
    made = parquet_file_to_data_file(table.io, table.metadata, scheme + path)
    new = _without_statistics(old)
    new._data[PATH], new._data[RECORDS], new._data[SIZE] = made.file_path, made.record_count, made.file_size_in_bytes
    for place in STATISTICS if made.record_count else ():
        new._data[place] = made._data[place]
    return new


def _without_statistics(old: DataFile) -> DataFile:
    new = copy(old)
    new._data = list(old._data)
    for place in STATISTICS:
        new._data[place] = None
    return new


def _entry_of(entry: ManifestEntry, file: DataFile) -> ManifestEntry:
    return ManifestEntry.from_args(
        status=entry.status, snapshot_id=entry.snapshot_id, sequence_number=entry.sequence_number,
        file_sequence_number=entry.file_sequence_number, data_file=file)


def _manifests(table: Table) -> Iterator[ManifestFile]:
    """Each manifest of any snapshot once."""
    found = {manifest.manifest_path: manifest
             for snapshot in table.metadata.snapshots for manifest in _manifests_in(snapshot.manifest_list)}
    yield from found.values()


@lru_cache(maxsize=MOST_REMEMBERED)
def _manifests_in(manifest_list: str) -> tuple[ManifestFile, ...]:
    """The manifests of a snapshot, read once: an erasure asks some ten times, and no file of a table ever changes."""
    return tuple(read_manifest_list(PyArrowFileIO().new_input(manifest_list)))


@lru_cache(maxsize=MOST_REMEMBERED)
def _files_named_by(manifest: ManifestFile) -> frozenset[str]:
    """The data files of a manifest, read once."""
    entries = manifest.fetch_manifest_entry(PyArrowFileIO(), discard_deleted=False)
    return frozenset(local(entry.data_file.file_path) for entry in entries)


def _entries(table: Table, manifest: ManifestFile) -> Sequence[ManifestEntry]:
    return manifest.fetch_manifest_entry(table.io, discard_deleted=False)
