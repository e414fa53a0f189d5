"""Which versions exist, which are released and frozen, and which one is active."""

import hashlib
import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from jobs.errors import MissingInput, ReleasedVersionEdited
from jobs.scoring.contract import Algorithm

ROOM = Path(__file__).parent
PROJECT = ROOM.parent.parent
RELEASED = ROOM / "released.toml"
ALGORITHMS = ROOM / "algorithms"


@dataclass(frozen=True)
class Registry:
    """The content of released.toml: the active version, and the checksums that freeze each released one."""

    active: str
    released: dict[str, dict[str, str]]


def load_registry(path: Path = RELEASED) -> Registry:
    """The registry as written."""
    content = tomllib.loads(path.read_text())
    return Registry(active=content.pop("active"), released=content)


def version_names() -> list[str]:
    """Every version that has a file, drafts included, in order."""
    return sorted((module.name for module in iter_modules([str(ALGORITHMS)])), key=lambda name: int(name[1:]))


def algorithm(version: str) -> Algorithm:
    """The algorithm of a version; errors: MissingInput naming the versions there are."""
    if version not in version_names():
        raise MissingInput(f"no algorithm {version!r}; known: {', '.join(version_names())}")
    return import_module(f"jobs.scoring.algorithms.{version}").ALGORITHM


def checksum(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def frozen_files(version: str, room: Path = ROOM) -> dict[str, Path]:
    """The files that decide a version's scores, by the name of their checksum in released.toml."""
    return {"file_sha256": room / "algorithms" / f"{version}.py",
            "calibration_sha256": room / "calibrations" / f"{version}.json"}


def golden_path(version: str, project: Path) -> Path:
    """What a version makes of the frozen world in tests/golden/raw; beside jobs/, because only tests read it."""
    return project / "tests" / "golden" / f"{version}_scores.csv"


def require_frozen(registry: Registry, room: Path = ROOM) -> None:
    """Fail when a released file is not what was released; errors: ReleasedVersionEdited."""
    for version, entry in registry.released.items():
        for key, path in frozen_files(version, room).items():
            found = checksum(path) if path.is_file() else "no file"
            if found != entry[key]:
                raise ReleasedVersionEdited(
                    f"{path.name} of {version} is released and has changed (expected sha256 {entry[key][:12]}, found "
                    f"{found[:12]}). Restore it, and put the change into a new version file."
                )
