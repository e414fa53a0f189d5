"""What a notice says: who must act on a night, what to do, where the report lies, and the exact command."""

from dataclasses import dataclass
from datetime import date

from expectations.contract import waivable_names
from jobs.approvals import APPROVERS_NEEDED, approve_command, approved
from jobs.events import events
from jobs.manifest import now
from jobs.storage import Store
from jobs.verdicts import BLOCK, HOLD, RecordedVerdict, recorded_verdicts

ON_CALL, APPROVERS = "the engineer on call", "two approvers"

REPORT = "reports/gate/{night}/index.html"
"""Where the gate's report of a night lies, relative to the store."""


@dataclass(frozen=True)
class Notice:
    """One message about one night. It names checks and numbers, never people: it leaves the system.

    Nulls: command is null when there is nothing to type.
    """

    kind: str
    snapshot_date: date
    who_must_act: str
    what_to_do: str
    report_path: str
    command: str | None = None

    @property
    def subject(self) -> str:
        """The headline."""
        return f"Candor {self.snapshot_date}: {self.kind}, {self.who_must_act}"

    @property
    def text(self) -> str:
        """The whole notice as plain text."""
        lines = [self.subject, self.what_to_do, f"Report: {self.report_path}", self.command]
        return "\n".join(line for line in lines if line)

    def to_json(self) -> dict:
        """The notice for a webhook; chat servers show `text`."""
        return {"text": self.text, "kind": self.kind, "snapshot_date": self.snapshot_date.isoformat(),
                "who_must_act": self.who_must_act, "what_to_do": self.what_to_do, "report_path": self.report_path,
                "command": self.command}


def night_notice(store: Store, snapshot_date: date) -> Notice | None:
    """The notice about the newest verdict of a night; None when nobody has to act."""
    verdicts = recorded_verdicts(store, snapshot_date)
    if not verdicts or verdicts[-1].verdict not in (BLOCK, HOLD):
        return None
    path = str(store.settings.home / REPORT.format(night=snapshot_date))
    if verdicts[-1].verdict == HOLD:
        return Notice("hold", snapshot_date, ON_CALL, "Some scores were held at their last value; look at them.", path)
    return _block_notice(store, verdicts[-1], path)


def failure_notice(store: Store, snapshot_date: date, stage: str, error: BaseException) -> Notice:
    """The notice about a run that ended without a verdict; the error's text stays in the log, as it may name people."""
    return Notice(
        "failed", snapshot_date, ON_CALL,
        f"{stage} ended with {type(error).__name__}; readers keep the last release. Read the log, then run the night "
        "again.", str(store.settings.home / REPORT.format(night=snapshot_date)),
        f"candor night --date {snapshot_date}",
    )


def _block_notice(store: Store, recorded: RecordedVerdict, path: str) -> Notice:
    names = ", ".join(recorded.blocking)
    waivable = waivable_names()
    command = approve_command(recorded, waivable)
    if command is None:
        return Notice(
            "blocked", recorded.snapshot_date, ON_CALL,
            f"Blocked by {names}; readers keep the last release. Repair what is named and run the night again.", path,
            f"candor night --date {recorded.snapshot_date}")
    given = len(approved(events(store), recorded, waivable, now()).by)
    return Notice(
        "approval needed", recorded.snapshot_date, APPROVERS,
        f"Blocked by {names}; readers keep the last release. {given} of {APPROVERS_NEEDED} people have approved. If it "
        "is a fault, repair it and run the night again; if it is real, approve it.", path, command)
