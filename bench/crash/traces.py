"""Whether a text is anywhere in a store: every byte, unpacked members, cells, dictionaries, statistics."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from jobs.privacy.rewriting import manifest_bounds


def holding(home: Path, *texts: str) -> list[str]:
    """Files of a store that hold one of the texts anywhere."""
    files = (path for path in sorted(home.rglob("*")) if path.is_file())
    return [path.relative_to(home).as_posix() for path in files
            if any(text.encode() in unpacked_bytes(path) for text in texts)]


def unpacked_bytes(path: Path) -> bytes:
    """Everything that a file holds: its bytes, unpacked members, cells, dictionaries, least and greatest values."""
    raw = path.read_bytes()
    if path.suffix == ".gz":
        return raw + gzip.decompress(raw)
    if path.suffix == ".avro":
        return raw + manifest_bounds(path)
    if path.suffix == ".parquet":
        return raw + "\n".join(_cells(path)).encode()
    return raw


def _cells(path: Path) -> Iterator[str]:
    file = pq.ParquetFile(path)
    yield from (str(cell) for column in file.read().columns for cell in column.to_pylist())
    for group in range(file.metadata.num_row_groups):
        yield str(file.metadata.row_group(group).to_dict())
