"""The files that decide what a released version says, held against the checksums that released.toml froze."""

from pathlib import Path

import pyarrow as pa

from jobs.digest import file_digest
from jobs.released import SCORING_ROOM, VERSIONS_FILE, frozen_files, load_registry

FROZEN_FILES = pa.schema([
    ("algorithm_version", pa.string()), ("file_name", pa.string()), ("expected", pa.string()), ("found", pa.string()),
])


def frozen_file_rows(room: Path = SCORING_ROOM) -> pa.Table:
    """The algorithm and the calibration of each released version. Nulls: found is null for a file that is gone."""
    released = load_registry(room / VERSIONS_FILE.name).released
    rows = [
        {"algorithm_version": version, "file_name": path.name, "expected": entry.get(key),
         "found": file_digest(path) if path.is_file() else None}
        for version, entry in released.items() for key, path in frozen_files(version, room).items()
    ]
    return pa.Table.from_pylist(rows, schema=FROZEN_FILES)
