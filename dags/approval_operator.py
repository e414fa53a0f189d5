"""How Airflow asks a person: it collects the answer, and `candor approve` decides what the answer is worth.

The operator's own answer publishes nothing: publishing reads the event ledger. An answer is recorded there in the
name of the user who was logged in; who may answer is checked by Airflow only when users are assigned.
"""

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowFailException

from jobs.commands import StageProcess, stage_command
from jobs.door import DONE
from jobs.settings import Settings

SHORTEST_REASON = 40
"""Characters, as `candor approve` asks for; a test holds the two together."""

APPROVERS_NEEDED = 2

REASON = Param(None, type=["null", "string"], minLength=SHORTEST_REASON, description="What you looked at, and why.")


def assigned(settings: Settings) -> list[dict]:
    """The users of the settings, as Airflow assigns them."""
    return [{"id": name, "name": name} for name in settings.approvers]


def require_approvers(settings: Settings) -> None:
    """Stop when fewer than two people may answer: without assigned users Airflow lets anybody.

    Errors: AirflowFailException.
    """
    if len(set(settings.approvers)) < APPROVERS_NEEDED:
        raise AirflowFailException(
            f"settings.approvers: expected at least {APPROVERS_NEEDED} Airflow users, got {len(settings.approvers)}; "
            "set CANDOR_APPROVERS, or approve with candor approve"
        )


class AskForApproval(ApprovalOperator):
    """Ask the assigned users, and record the answer by the same command as by hand.

    There is no default answer: after response_timeout the task fails, and everything after it does not run.
    """

    template_fields = (*ApprovalOperator.template_fields, "digest", "metrics")

    def __init__(self, *, digest: str, metrics: str, **kwargs):
        super().__init__(ignore_downstream_trigger_rules=True, **kwargs)
        self.digest = digest
        self.metrics = metrics

    def execute_complete(self, context, event):
        """Record who answered what and why; a rejection skips everything after it."""
        answer = super().execute_complete(context, event)
        self._record(answer)
        return answer

    def _record(self, answer: dict) -> None:
        user = answer.get("responded_by_user")
        if not user or answer.get("timedout"):
            raise AirflowFailException("nobody answered in person; nothing was recorded and nothing is published")
        process = StageProcess(stage_command("jobs.cli", *self._arguments(answer, user)))
        if process.run(self.log.info) != DONE:
            raise AirflowFailException("the answer could not be recorded; the log says why. Start the DAG again")

    def _arguments(self, answer: dict, user: dict) -> list[str]:
        """The command; a value stands in the word of its option, so that no answer can be read as an option."""
        said = [f"--reason={answer['params_input'].get('reason') or ''}", f"--by={user['name']}", "--", self.digest]
        if answer["chosen_options"] == [self.APPROVE]:
            return ["approve", *(f"--waive={name.strip()}" for name in self.metrics.split(",")), *said]
        return ["refuse", *said]
