"""Load one feed: `python -m jobs.ingest --feed F (--snapshot-date D | --all-dates) [PATH ...]`."""

import argparse
import sys
from datetime import date
from pathlib import Path

from jobs.door import FAILED, USAGE
from jobs.errors import PipelineError
from jobs.ingest.feeds import ingest_feed, ingest_inbox
from jobs.ingest.summary import IngestSummary
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import printable_lines


def main(arguments: list[str] | None = None) -> int:
    """Load a feed, print one JSON line for each file, and give the exit code: 0 done, 1 error."""
    try:
        chosen = _parser().parse_args(arguments)
    except SystemExit as ended:
        return FAILED if ended.code == USAGE else ended.code
    try:
        summary = _ingest(chosen)
    except PipelineError as error:
        print(printable_lines(f"error: {error}"), file=sys.stderr)
        return FAILED
    if summary is None:
        print(f"{chosen.feed}: not delivered for {chosen.snapshot_date}")
        return 0
    for file in summary.files:
        print(file.to_json())
    return 0


def _ingest(chosen: argparse.Namespace) -> IngestSummary | None:
    store = Store(load_settings())
    if chosen.paths:
        return ingest_feed(store, chosen.feed, chosen.paths, chosen.snapshot_date, on_progress=_show_progress)
    if chosen.all_dates:
        raise PipelineError("--all-dates needs the files to load; the inbox is ordered by day. Name a PATH.")
    return ingest_inbox(store, chosen.feed, chosen.snapshot_date, on_progress=_show_progress)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jobs.ingest", description=__doc__)
    parser.add_argument("--feed", required=True, help="a network, or a list: suppression, minors, identity")
    days = parser.add_mutually_exclusive_group(required=True)
    days.add_argument("--snapshot-date", type=date.fromisoformat, help="load the rows of this day")
    days.add_argument("--all-dates", action="store_true", help="load each row to the day of its event")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="file or folder; none: the inbox")
    return parser


def _show_progress(row_count: int, byte_count: int) -> None:
    print(f"rows={row_count} finished_bytes={byte_count}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
