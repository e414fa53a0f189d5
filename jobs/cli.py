"""Candor: open, auditable influence scoring.

Exit codes: 0 done, 1 error, 2 blocked by the gate. CANDOR_HOME (or --home) is the store, .candor by default.
"""

from pathlib import Path
from typing import Annotated

import typer

from jobs import (
    cli_approvals,
    cli_calendar,
    cli_compare,
    cli_privacy,
    cli_reading,
    cli_report,
    cli_topics,
    cli_verify,
    cli_versions,
    cli_why,
    cli_worlds,
    cli_writing,
)
from jobs.door import run_door

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)

for commands in (cli_writing, cli_worlds, cli_reading, cli_topics, cli_verify, cli_why, cli_versions, cli_compare,
                 cli_privacy, cli_report, cli_approvals,
                 cli_calendar):
    commands.register(app)


@app.callback()
def choose_store(
    home: Annotated[Path | None, typer.Option(envvar="CANDOR_HOME", help="Folder of the store.")] = None,
) -> None:
    """Every command works on one store."""
    if home:
        cli_writing.use_home(home)


def main() -> None:
    """The `candor` command."""
    run_door(app)


if __name__ == "__main__":
    main()
