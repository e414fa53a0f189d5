"""Which versions exist, which are released and frozen, and which one is active."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from jobs.digest import file_digest
from jobs.errors import MissingInput, ReleasedVersionEdited
from jobs.released import SCORING_ROOM, Registry, frozen_files
from jobs.scoring.contract import Algorithm

PROJECT = SCORING_ROOM.parent.parent
ALGORITHMS = SCORING_ROOM / "algorithms"


def version_names() -> list[str]:
    """Every version that has a file, drafts included, in order."""
    return sorted((module.name for module in iter_modules([str(ALGORITHMS)])), key=lambda name: int(name[1:]))


def algorithm(version: str) -> Algorithm:
    """The algorithm of a version; errors: MissingInput naming the versions there are."""
    if version not in version_names():
        raise MissingInput(f"no algorithm {version!r}; known: {', '.join(version_names())}. Use one of them, or write "
                           f"jobs/scoring/algorithms/{version}.py first.")
    return import_module(f"jobs.scoring.algorithms.{version}").ALGORITHM


def golden_path(version: str, project: Path) -> Path:
    """What a version makes of the frozen world in tests/golden/raw; beside jobs/, because only tests read it."""
    return project / "tests" / "golden" / f"{version}_scores.csv"


def require_frozen(registry: Registry, room: Path = SCORING_ROOM) -> None:
    """Fail when a released file is not what was released; errors: ReleasedVersionEdited."""
    for version, entry in registry.released.items():
        for key, path in frozen_files(version, room).items():
            found = file_digest(path) if path.is_file() else "no file"
            if found != entry[key]:
                raise ReleasedVersionEdited(
                    f"{path.name} of {version} is released and has changed (expected sha256 {entry[key][:12]}, found "
                    f"{found[:12]}). Restore it, and put the change into a new version file."
                )
