"""The golden of a version: what it makes of a small frozen world, from raw files to published rows.

python -m jobs.nights.golden v3
"""

import csv
import io
import shutil
import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from jobs.door import run_door
from jobs.errors import PipelineError, ReleasedVersionEdited
from jobs.nights.night import run_night
from jobs.released import load_registry
from jobs.scoring.registry import PROJECT, golden_path
from jobs.scoring.rows import Night, contributions, scores
from jobs.scoring.run import lines_of_versions, night_inputs
from jobs.session import open_session
from jobs.settings import Settings
from jobs.storage import Store

RAW = PROJECT / "tests" / "golden" / "raw"

COLUMNS = ("person_id", "topic_id", "state", "influence_score", "lines")

app = typer.Typer(help=__doc__)


def lived_nights(spark, home: Path, raw: Path = RAW) -> tuple[Store, date]:
    """Run every night of the frozen world in a new store; the store and the last night.

    Errors: PipelineError when a night does not pass the gate.
    """
    shutil.copytree(raw, home / "inbox")
    store = Store(Settings(home=home))
    nights = sorted({date.fromisoformat(folder.name) for folder in raw.glob("*/*") if folder.is_dir()})
    for snapshot_date in nights:
        result = run_night(spark, store, snapshot_date, lambda stage: None)
        if not result.release_number:
            raise PipelineError(f"{raw} night {snapshot_date}: expected a release, got {result.findings}")
    return store, nights[-1]


def draft_rows(spark, store: Store, snapshot_date: date, version: str) -> list[dict]:
    """The golden rows of any version, released or draft, scored from the state of a night."""
    inputs = night_inputs(spark, store, snapshot_date)
    lines = lines_of_versions(spark, store, [version], inputs["pairs"])
    night = Night(snapshot_date, (version,), stale_networks=None)
    scored = scores(night, inputs["evidence"], lines)
    return golden_rows(scored.toArrow().to_pylist(), contributions(night, scored, lines).toArrow().to_pylist())


def golden_rows(scored: list[dict], taken_apart: list[dict]) -> list[dict]:
    """Scores with their lines in one readable cell, in the order of person and topic."""
    lines = defaultdict(list)
    for row in sorted(taken_apart, key=lambda row: (row["network"], row["kind"])):
        lines[(row["person_id"], row["topic_id"])].append(f"{row['network']}/{row['kind']} {row['points']}")
    return [
        {"person_id": row["person_id"], "topic_id": row["topic_id"], "state": row["threshold_missed"] or row["state"],
         "influence_score": str(row["influence_score"] or ""),
         "lines": "; ".join(lines[(row["person_id"], row["topic_id"])])}
        for row in sorted(scored, key=lambda row: (row["person_id"], row["topic_id"]))
    ]


def golden_text(rows: list[dict]) -> str:
    """Golden rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@app.command()
def main(version: Annotated[str, typer.Argument(help="The draft, such as v3.")]) -> None:
    """Write the golden of a version that is not released yet; `make release-version` then freezes it."""
    path = golden_path(version, PROJECT)
    if version in load_registry().released:
        raise ReleasedVersionEdited(f"{path}: {version} is released and its golden is frozen; golden the next version.")
    with tempfile.TemporaryDirectory() as scratch, open_session(Settings(home=Path(scratch)), "golden") as spark:
        store, last_night = lived_nights(spark, Path(scratch) / "store")
        rows = draft_rows(spark, store, last_night, version)
    path.write_text(golden_text(rows))
    typer.echo(f"{path}: {len(rows)} rows")


if __name__ == "__main__":
    run_door(app)
