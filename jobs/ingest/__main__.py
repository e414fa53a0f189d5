"""Load one feed: `python -m jobs.ingest --feed F (--snapshot-date D | --all-dates) [PATH ...]`."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.door import run_door
from jobs.errors import BadInput
from jobs.ingest.feeds import ingest_feed, ingest_inbox
from jobs.settings import load_settings
from jobs.storage import Store

app = typer.Typer(help=__doc__)


@app.command()
def main(
    feed: Annotated[str, typer.Option(help="A network, or a list: suppression, minors, identity.")],
    snapshot_date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to load.")] = None,
    all_dates: Annotated[bool, typer.Option("--all-dates", help="Load each row to the day of its event.")] = False,
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; none: the inbox of the day.")] = None,
) -> None:
    """Load a feed, and print one JSON line for each file."""
    if (snapshot_date is None) != all_dates:
        raise BadInput("jobs.ingest needs one of --snapshot-date D (one day) and --all-dates (a dump, by event time).")
    if all_dates and not paths:
        raise BadInput("--all-dates needs the files to load; the inbox is ordered by day. Name a PATH.")
    store, day = Store(load_settings()), snapshot_date and snapshot_date.date()
    if paths:
        summary = ingest_feed(store, feed, paths, day, on_progress=_show_progress)
    else:
        summary = ingest_inbox(store, feed, day, on_progress=_show_progress)
    if summary is None:
        typer.echo(f"{feed}: not delivered for {day}")
        return
    for file in summary.files:
        typer.echo(file.to_json())


def _show_progress(row_count: int, byte_count: int) -> None:
    print(f"rows={row_count} finished_bytes={byte_count}", file=sys.stderr)


if __name__ == "__main__":
    run_door(app)
