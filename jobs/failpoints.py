"""Places at which a test makes a run die, stop or fail; without the variable CANDOR_FAILPOINT they do nothing.

CANDOR_FAILPOINT=name:action[:nth] acts when the place is passed for the nth time; `*` is any place.
python -m jobs.failpoints lists the places.
"""

import errno
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from jobs.door import run_door
from jobs.errors import MissingInput

VARIABLE = "CANDOR_FAILPOINT"
ANY_PLACE = "*"

PLACES = {
    "land.bytes_copied": "a delivered file is copied, its bytes may not be on disk yet",
    "land.copied_in": "the copy is on disk and has no place yet",
    "land.placed": "the file is in its place, without a manifest",
    "land.manifest_drafted": "the manifest is written beside its final name",
    "land.manifest_written": "the manifest has its name, the folder is not synced yet",
    "ingest.rows_read": "a landed file is sorted into rows, none of them committed",
    "ingest.parts_written": "the new rows are files that no table names",
    "ingest.tables_committed": "the rows of a load are visible, its manifests are not complete yet",
    "storage.frame_written": "the engine wrote its files, no footer was read back",
    "storage.rows_written": "a small file is written that no table names",
    "storage.files_appended": "new files of one table are committed",
    "storage.day_prepared": "the files of a day are swapped in a transaction that is not committed",
    "storage.day_replaced": "the files of a day are swapped",
    "storage.table_prepared": "a new table is described in a transaction that is not committed",
    "storage.table_created": "a new table is made, empty",
    "catalog.metadata_written": "the new metadata files are written, no pointer is moved",
    "catalog.pointer_moved": "a pointer is moved inside the SQL transaction",
    "catalog.before_commit": "all pointers are moved inside the SQL transaction",
    "catalog.committed": "the SQL transaction is committed",
    "night.topics_written": "the topics of the night are written",
    "night.engagement_written": "counts and states of the night are written",
    "night.scored": "scores, contributions, evidence and lines are staged",
    "night.audited": "statistics and changes are written",
    "propose.inputs_frozen": "the snapshots of the inputs are noted",
    "propose.branch_made": "the candidate branches are prepared in transactions that are not committed",
    "propose.branch_filled": "the candidate branches hold the staged day",
    "propose.digested": "the digests of the candidate are computed",
    "propose.recorded": "the candidate is recorded",
    "gate.measured": "every invariant is measured, nothing is written",
    "gate.findings_written": "the findings are written, the verdict is not",
    "gate.verdict_written": "the verdict is written",
    "release.verdict_read": "the verdict allows the release",
    "release.ledger_read": "the row of the ledger is made from the row before it",
    "release.ledger_file_named": "the ledger's new file has its name, and no table names it",
    "release.moves_prepared": "the moves of all tables are prepared",
    "release.published": "all tables and the ledger have moved",
    "events.file_named": "the event's file has its name, and no table names it",
    "events.appended": "the event is in the ledger",
    "runs.recorded": "the stages of the run are recorded",
    "forget.remembered": "the person is on the list of the forgotten, nothing is erased",
    "forget.landed_anew": "the landed files without the person lie beside those with them",
    "forget.files_written": "the data files without the person are written, no table names them",
    "forget.histories_written": "the histories of all tables over the new files are written, no table is moved",
    "forget.proof_written": "the proof is written, the event that vouches for it is not",
    "forget.file_removed": "one of the files that name the person is removed, others are not",
    "forget.old_files_removed": "the old data files are removed, the old landed files are not",
    "forget.landed_removed": "the old landed files are removed, nothing is swept",
    "forget.manifest_corrected": "the manifest of a file in the inbox is that without the person, the file is not",
    "forget.swept": "everything is swept, nobody has looked whether anything is left",
    "forget.requests_closed": "nothing names the person but the note of what has begun",
}
"""Every failpoint, and how the store stands there."""

Passing = Callable[[str], None]


class ReachedFailpoint(RuntimeError):
    """A failpoint was armed to raise."""


def _raise(name: str) -> None:
    raise ReachedFailpoint(name)


def _no_space(name: str) -> None:
    raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)} (failpoint {name})")


def _no_permission(name: str) -> None:
    raise PermissionError(errno.EACCES, f"{os.strerror(errno.EACCES)} (failpoint {name})")


ACTIONS: dict[str, Passing] = {
    "kill": lambda name: os.kill(os.getpid(), signal.SIGKILL),
    "stop": lambda name: os.kill(os.getpid(), signal.SIGSTOP),
    "enospc": _no_space,
    "eacces": _no_permission,
    "raise": _raise,
}


@dataclass
class OnNthPass:
    """An action at the nth passing of a place, and never again."""

    place: str
    act: Passing
    nth: int = 1
    passed: int = field(default=0, init=False)

    def __call__(self, name: str) -> None:
        """Count a passing, and act when it is the one."""
        if self.place in (name, ANY_PLACE):
            self.passed += 1
            if self.passed == self.nth:
                self.act(name)


def parsed(text: str) -> OnNthPass:
    """What a value of the variable says; errors: MissingInput when it names no place or no action."""
    place, _, rest = text.partition(":")
    action, _, nth = rest.partition(":")
    if (place != ANY_PLACE and place not in PLACES) or action not in ACTIONS or not (nth or "1").isdecimal():
        raise MissingInput(
            f"{VARIABLE}={text!r}: expected name:action[:nth], the action one of {', '.join(ACTIONS)}; "
            "the names: python -m jobs.failpoints"
        )
    return OnNthPass(place, ACTIONS[action], int(nth or 1))


_armed: Passing | None = parsed(os.environ[VARIABLE]) if VARIABLE in os.environ else None


def failpoint(name: str) -> None:
    """Pass a place; nothing happens unless the process is armed."""
    if _armed is not None:
        _armed(name)


def arm(passing: Passing | None) -> None:
    """Have a function called at every place from now on, in this process; None disarms it."""
    global _armed
    _armed = passing


app = typer.Typer(help=__doc__)


@app.command()
def places(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """List the failpoints. Example: python -m jobs.failpoints --json."""
    if as_json:
        typer.echo(json.dumps(PLACES, indent=2))
        return
    shown = Table("name", "how the store stands there")
    for name, meaning in PLACES.items():
        shown.add_row(name, meaning)
    Console().print(shown)


if __name__ == "__main__":
    run_door(app)
