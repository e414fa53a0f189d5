"""The gate report from the command line: exit 0 also for a night that was never judged, which has no report."""

from datetime import datetime
from typing import Annotated

import typer

from jobs.door import run_door
from jobs.errors import MissingInput
from jobs.report.gate import write_report
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import show_line

app = typer.Typer(help=__doc__)


@app.command()
def main(
    snapshot_date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The night.")],
) -> None:
    """Write the report of a night. Example: python -m jobs.report --snapshot-date 2030-01-31."""
    try:
        show_line(f"page: {write_report(Store(load_settings()), snapshot_date.date())}")
    except MissingInput as nothing_judged:
        show_line(f"no report: {nothing_judged}")


if __name__ == "__main__":
    run_door(app)
