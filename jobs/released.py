"""What released.toml says: the active version, the released ones, and the checksums that freeze their files."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from jobs.errors import MissingInput

SCORING_ROOM = Path(__file__).resolve().parent / "scoring"
VERSIONS_FILE = SCORING_ROOM / "released.toml"


@dataclass(frozen=True)
class Registry:
    """The active version, and the entry of each released one: its date, and the checksums of its files."""

    active: str
    released: dict[str, dict[str, str]]


def load_registry(path: Path = VERSIONS_FILE) -> Registry:
    """The registry as written; errors: MissingInput when there is no file, or when it names no active version."""
    content = tomllib.loads(path.read_text()) if path.is_file() else {}
    if not content.get("active"):
        raise MissingInput(f'{path}: expected a line such as active = "v2", found none. Restore the file.')
    return Registry(active=content.pop("active"), released=content)


def frozen_files(version: str, room: Path = SCORING_ROOM) -> dict[str, Path]:
    """The files that decide a version's scores, by the name of their checksum in released.toml."""
    return {"file_sha256": room / "algorithms" / f"{version}.py",
            "calibration_sha256": room / "calibrations" / f"{version}.json"}
