"""The files that decide what a released version says, held against the checksums that released.toml froze."""

import tomllib
from pathlib import Path

import pyarrow as pa

from jobs.digest import file_digest
from jobs.lifecycle import SCORING_ROOM, VERSIONS_FILE

FROZEN_FILES = pa.schema([
    ("algorithm_version", pa.string()), ("file_name", pa.string()), ("expected", pa.string()), ("found", pa.string()),
])


def frozen_files(room: Path = SCORING_ROOM) -> pa.Table:
    """The algorithm and the calibration of each released version. Nulls: found is null for a file that is gone."""
    content = tomllib.loads((room / VERSIONS_FILE.name).read_text())
    released = {name: entry for name, entry in content.items() if isinstance(entry, dict)}
    rows = [
        {"algorithm_version": version, "file_name": path.name, "expected": entry.get(key),
         "found": file_digest(path) if path.is_file() else None}
        for version, entry in released.items() for key, path in _files_of(version, room).items()
    ]
    return pa.Table.from_pylist(rows, schema=FROZEN_FILES)


def _files_of(version: str, room: Path) -> dict[str, Path]:
    return {"file_sha256": room / "algorithms" / f"{version}.py",
            "calibration_sha256": room / "calibrations" / f"{version}.json"}
