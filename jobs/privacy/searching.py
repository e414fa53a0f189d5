"""Whether a file names a person: read in blocks, so that its size does not matter."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.identity import ACCOUNT_COLUMNS
from jobs.letters import MOST_CONTINUING
from jobs.person_identifiers import PersonIdentifiers
from jobs.privacy.rewriting import manifest_bounds

BLOCK_BYTES = 1 << 18

BATCH_ROWS = 4_096
"""Rows of a Parquet file read at once; a text of a post may have a megabyte, most have a hundred bytes."""


def is_named_in(path: Path, identifiers: PersonIdentifiers) -> bool:
    """Whether the bytes of a file, or what they unpack to, name the person; a stream that breaks counts up to there."""
    if _is_in(_blocks(path), identifiers):
        return True
    match path.suffix:
        case ".gz":
            return _is_in(_unpacked_blocks(path), identifiers)
        case ".parquet":
            return any(_is_in_rows(batch, identifiers) for batch in _batches(path))
        case ".avro":
            return identifiers.are_in(manifest_bounds(path))
        case _:
            return False


def is_mentioned_in(path: Path, identifiers: PersonIdentifiers) -> bool:
    """Whether a text, or what a .gz file unpacks to, names the person; packed bytes may hold any name by chance."""
    return _is_in(_unpacked_blocks(path) if path.suffix == ".gz" else _blocks(path), identifiers)


def is_binary(path: Path) -> bool:
    """Whether a file holds a NUL, as no text does."""
    return any(b"\0" in block for block in _blocks(path))


def _is_in(blocks: Iterable[bytes], identifiers: PersonIdentifiers) -> bool:
    """A window keeps the end of the one before, longer than the longest identifier and what is looked at beside it.

    What ends with its window may go on, and what begins it may have begun earlier: the next window, or the one before,
    shows all of it and its neighbours.
    """
    pattern, overlap, window, start = identifiers.in_bytes, identifiers.longest + MOST_CONTINUING, b"", 0
    for block in blocks:
        start = start or int(len(window) > overlap)
        window = window[-overlap:] + block
        if any(found.end() + MOST_CONTINUING <= len(window) for found in pattern.finditer(window, start)):
            return True
    return bool(pattern.search(window, start))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(BLOCK_BYTES), b"")


def _unpacked_blocks(path: Path) -> Iterator[bytes]:
    """By read1: read fills a whole block, and gives none of it when the stream breaks within."""
    try:
        with gzip.open(path) as file:
            yield from iter(lambda: file.read1(BLOCK_BYTES), b"")
    except (OSError, EOFError, zlib.error):
        return


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(BATCH_ROWS)
    except (OSError, ValueError):
        return


def _is_in_rows(batch: pa.RecordBatch, identifiers: PersonIdentifiers) -> bool:
    cells = {name: column.to_pylist() for name, column in zip(batch.schema.names, batch.columns, strict=True)
             if str(column.type) in ("string", "large_string")}
    networks = cells.get("network", [])
    accounts = (pair for name in ACCOUNT_COLUMNS if name in cells for pair in zip(networks, cells[name], strict=False))
    if not (identifiers.accounts.isdisjoint(accounts) and identifiers.people.isdisjoint(cells.get("person_id", []))):
        return True
    texts = "\n".join(cell for column in cells.values() for cell in column if cell is not None)
    return identifiers.are_in(texts.encode(errors="replace"))
