"""How every command ends: 0 done, 1 error, 2 blocked; an error is a sentence, never a stack trace.

A letter that an old terminal does not know is escaped, as standard error does by itself.
"""

import sys

import typer

from jobs.errors import NightBlocked, PipelineError
from jobs.terminal import printable_lines

DONE, FAILED, BLOCKED = 0, 1, 2
USAGE = 2
"""What the command line library ends with on a word that it does not know; here 2 means blocked, so it becomes 1."""


def run_door(app: typer.Typer) -> None:
    """Run a command line and turn what it raises into an exit code and one message on standard error."""
    if sys.stdout:
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        app()
    except SystemExit as ended:
        sys.exit(FAILED if ended.code == USAGE else ended.code)
    except NightBlocked as blocked:
        print(printable_lines(f"blocked: {blocked}"), file=sys.stderr)
        sys.exit(BLOCKED)
    except PipelineError as error:
        print(printable_lines(f"error: {error}"), file=sys.stderr)
        sys.exit(FAILED)
    except OSError as refused:
        print(printable_lines(f"error: {_of_the_machine(refused)}"), file=sys.stderr)
        sys.exit(FAILED)


def _of_the_machine(refused: OSError) -> str:
    where = refused.filename or "this machine"
    return (f"{where}: expected to read or write there, got: {refused.strerror or refused}. Make space, correct the "
            "rights or choose another path, then run the same command again.")
