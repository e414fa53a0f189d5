"""Release a version of the algorithm: refuse what is incomplete, then freeze its files in released.toml.

python -m jobs.scoring.release_version v3 --date 2030-01-01
"""

import ast
import re
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.digest import file_digest
from jobs.door import run_door
from jobs.errors import BadInput, MissingInput, ReleasedVersionEdited
from jobs.manifest import now
from jobs.released import VERSIONS_FILE, Registry, frozen_files, load_registry
from jobs.scoring.registry import PROJECT, golden_path

VERSION_NAME = re.compile(r"v[1-9]\d*")

FROZEN_IMPORTS = {*sys.stdlib_module_names, "pyspark", "jobs.scoring.contract"}
"""What a released file may import: nothing of ours that can change, or editing that would move old scores."""

HEADER = """\
# Which versions are released, and the bytes that they are frozen to. Written by `make release-version`; an entry is
# never edited: a better idea is the next version. `active` is the version that views show unless another is asked for.
"""

app = typer.Typer(help=__doc__)


def release_version(version: str, released_on: date, project: Path = PROJECT) -> Registry:
    """Freeze a version in released.toml; one that is released with the same bytes stays as it is.

    Errors: BadInput for a name or an import that is not allowed; MissingInput when a file or the changelog line is
    missing; ReleasedVersionEdited when the version was released with other bytes.
    """
    if not VERSION_NAME.fullmatch(version):
        raise BadInput(f"{version!r} is no version name; expected v1, v2, v3 ... Name the algorithm file so too.")
    room = project / "jobs" / "scoring"
    files = {**frozen_files(version, room), "golden_sha256": golden_path(version, project)}
    _require_complete(version, files, project)
    _require_own_words_only(files["file_sha256"])
    registry = load_registry(room / VERSIONS_FILE.name)
    entry = {"released": released_on.isoformat(), **{name: file_digest(path) for name, path in files.items()}}
    known = registry.released.setdefault(version, entry)
    changed = [files[name].name for name in files if known.get(name) != entry[name]]
    if changed:
        raise ReleasedVersionEdited(
            f"{version} was released on {known.get('released')} with other bytes of {', '.join(changed)}. Restore "
            f"them, and release the change as the next version."
        )
    (room / VERSIONS_FILE.name).write_text(registry_text(registry))
    return registry


def foreign_imports(path: Path) -> list[str]:
    """Modules that an algorithm file imports and that a released one must not."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return sorted(name for name in found if not {name, name.split(".")[0]} & FROZEN_IMPORTS)


def registry_text(registry: Registry) -> str:
    """The registry as TOML, versions in order."""
    entries = sorted(registry.released.items(), key=lambda item: int(item[0][1:]))
    tables = [f"[{version}]\n" + "".join(f'{name} = "{value}"\n' for name, value in entry.items())
              for version, entry in entries]
    return "\n".join([f'{HEADER}active = "{registry.active}"\n', *tables])


def missing_parts(version: str, files: dict[str, Path], project: Path) -> list[str]:
    """What a release still lacks, in words: files, the card, and the line in the changelog."""
    card, changelog = project / "docs" / "algorithms" / f"{version}.md", project / "CHANGELOG.md"
    lacking = [str(path.relative_to(project)) for path in (*files.values(), card) if not path.is_file()]
    if not changelog.is_file() or not re.search(rf"\b{version}\b", changelog.read_text()):
        lacking.append(f"a line in CHANGELOG.md that names {version}")
    return lacking


def _require_complete(version: str, files: dict[str, Path], project: Path) -> None:
    lacking = missing_parts(version, files, project)
    if lacking:
        raise MissingInput(
            f"{version} cannot be released, it lacks {'; '.join(lacking)}. A calibration is made by `candor calibrate "
            f"--version {version}`, a golden by `python -m jobs.nights.golden {version}`; card and line are written by "
            "hand."
        )


def _require_own_words_only(path: Path) -> None:
    foreign = foreign_imports(path)
    if foreign:
        raise BadInput(
            f"{path.name} imports {', '.join(foreign)}; a released file may import the standard library, pyspark and "
            f"jobs.scoring.contract, because what else it used could change under it. Copy what it needs into the file."
        )


@app.command()
def main(
    version: Annotated[str, typer.Argument(help="The version, such as v3.")],
    date_: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Today, unless given.")] = None,
    project: Annotated[Path, typer.Option(help="The checkout.")] = PROJECT,
) -> None:
    """Freeze a version that is complete, so that its scores can be published and never change."""
    entry = release_version(version, (date_ or now()).date(), project).released[version]
    typer.echo("\n".join([f"{version} released", *(f"  {name} {value}" for name, value in entry.items())]))


if __name__ == "__main__":
    run_door(app)
