"""Candor: open, auditable influence scoring.

Exit codes: 0 done, 1 error, 2 blocked by the gate. CANDOR_HOME (or --home) is the store, .candor by default.
"""

from pathlib import Path
from typing import Annotated

import typer

from jobs.door import run_door
from jobs.doors import (
    approvals,
    calendar,
    comparing,
    privacy,
    reading,
    reporting,
    topics,
    verifying,
    versions,
    why,
    worlds,
    writing,
)

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)

for commands in (writing, worlds, reading, topics, verifying, why, versions, comparing, privacy, reporting, approvals,
                 calendar):
    commands.register(app)


@app.callback()
def choose_store(
    home: Annotated[Path | None, typer.Option(envvar="CANDOR_HOME", help="Folder of the store.")] = None,
) -> None:
    """Every command works on one store."""
    if home:
        writing.use_home(home)


def main() -> None:
    """The `candor` command."""
    run_door(app)


if __name__ == "__main__":
    main()
