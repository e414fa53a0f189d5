"""`candor report`: a thin door to jobs/report/gate.py."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.doors.options import AsJson, as_day
from jobs.existing_store import existing_store
from jobs.terminal import show_json, show_line


def register(app: typer.Typer) -> None:
    """Add the report command to the `candor` command."""
    app.command(epilog="Example: candor report --date 2030-01-31 --out report/")(report)


def report(
    date: Annotated[datetime, typer.Option("--date", parser=as_day, help="A judged night, 2030-01-31.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the report; default: reports/gate of the store.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the gate report of a night: why it passed or was blocked, and what to look at first."""
    from expectations.contract import waivable_names
    from jobs.approvals import approve_command
    from jobs.report.gate import write_report
    from jobs.report.gate_numbers import newest_verdict

    store = existing_store()
    path = write_report(store, date.date(), out)
    found = newest_verdict(store, date.date())
    blocked_by = ", ".join(found.blocking) or None
    if as_json:
        return show_json({
            "snapshot_date": found.snapshot_date, "candidate_id": found.candidate_id,
            "candidate_digest": found.candidate_digest, "verdict": found.verdict, "blocked_by": blocked_by,
            "suspect": found.suspect, "approve_command": approve_command(found, waivable_names()), "page": str(path)})
    show_line(f"{found.snapshot_date}: {found.verdict}{f', blocked by {blocked_by}' if blocked_by else ''}")
    return show_line(f"page: {path}")
