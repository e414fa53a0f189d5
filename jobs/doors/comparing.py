"""The command that compares two versions: a thin door to jobs/comparing/compare.py."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.doors.options import AsJson, as_day
from jobs.errors import BadInput
from jobs.existing_store import existing_store
from jobs.terminal import show_json, show_line, show_table


def register(app: typer.Typer) -> None:
    """Add the compare command to the `candor` command."""
    app.command("compare", epilog="Example: candor compare v1 v2 --date 2030-01-31 --json")(compare_versions)


def compare_versions(
    baseline_version: Annotated[str, typer.Argument(help="The old version, such as v1.")],
    candidate_version: Annotated[str, typer.Argument(help="The new version, such as v2.")],
    date: Annotated[datetime, typer.Option("--date", parser=as_day, help="A released night, 2030-01-31.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the pack; default: reports/compare of the store.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the auditor's pack: what changes for whom when one version replaces another, on one released night."""
    from jobs.comparing.compare import compare

    store = existing_store()
    if out:
        _require_room(out)
    pack = compare(store, baseline_version, candidate_version, date.date(), out)
    if as_json:
        return show_json({**pack.__dict__, "folder": str(pack.folder)})
    show_table(f"{baseline_version} and {candidate_version}, release {pack.release_id}",
               [{"figure": name, "found": found} for name, found in pack.headline.items()])
    show_line(f"page: {pack.folder / 'index.html'}")
    return show_line(f"pack digest: {pack.pack_digest}")


def _require_room(out: Path) -> None:
    """Refuse a folder that cannot be made, before anything is computed; errors: BadInput."""
    nearest = next(path for path in out.absolute().parents if path.exists())
    if not nearest.is_dir():
        raise BadInput(f"--out {out}: expected a path through folders, found the file {nearest} on the way. "
                       "Choose another folder.")
