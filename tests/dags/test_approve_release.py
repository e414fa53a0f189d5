"""Airflow collects two clicks of assigned people; what they are worth is decided by the command, and by publishing."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from jobs import approvals
from jobs.notifying import notify
from jobs.notifying.notices import Notice

ANSWERED = datetime(2030, 1, 2, 9, tzinfo=UTC)
REASON = "The garden festival of 2 January; counted by hand in the archive of the list."
ANN = {"id": "ann", "name": "ann"}


@pytest.fixture
def dag(dagbag):
    return dagbag.dags["approve_release"]


@pytest.fixture
def asking(airflow_home):
    import approval_operator as module

    return module


@pytest.fixture
def recorded(asking, monkeypatch):
    """The commands that an answer starts; each ends with the code that stands here."""
    calls = SimpleNamespace(commands=[], code=0)

    class Process:
        def __init__(self, command):
            calls.commands.append(command[2:])

        def run(self, on_line):
            return calls.code

    monkeypatch.setattr(asking, "StageProcess", Process)
    return calls


def ask(dag, task_id: str = "first_approval"):
    """A question as it is after rendering."""
    task = dag.task_dict[task_id]
    task.digest, task.metrics = "4f" * 32, "mean_move_bounded, moved_5_share_bounded"
    return task


def answer(choice: str, user=ANN, reason: str = REASON) -> dict:
    return {"chosen_options": [choice], "params_input": {"reason": reason}, "responded_at": ANSWERED,
            "responded_by_user": user}


def test_publishing_waits_for_two_answers_without_a_default_and_with_an_end(dag):
    tasks = dag.task_dict
    assert {name: task.downstream_task_ids for name, task in tasks.items()} == {
        "preflight": {"first_approval"}, "first_approval": {"second_approval"},
        "second_approval": {"publish_release"}, "publish_release": set()}
    for name in ("first_approval", "second_approval"):
        question = tasks[name]
        assert (question.defaults, question.execution_timeout, question.ignore_downstream_trigger_rules,
                question.retries) == (None, None, True, 0)
        assert question.response_timeout < approvals.LONGEST_VALIDITY / 2


def test_a_question_is_asked_before_there_is_a_reason_and_refuses_a_short_one(dag):
    from airflow.sdk.definitions.param import process_params
    from airflow.sdk.exceptions import ParamValidationError

    question = dag.task_dict["first_approval"]
    asked = {"snapshot_date": "2030-01-02", "candidate_digest": "4f" * 32, "waived_metrics": "mean_move_bounded"}
    assert process_params(dag, question, asked, suppress_exception=False) == {**asked, "reason": None}
    with pytest.raises(ParamValidationError, match="too short"):
        question.validate_params_input({"reason": "fine"})


def test_the_rules_are_those_of_the_command(asking):
    assert (asking.SHORTEST_REASON, asking.APPROVERS_NEEDED) == (
        approvals.SHORTEST_REASON, approvals.APPROVERS_NEEDED)


def test_only_the_users_of_the_settings_may_answer_and_one_is_not_enough(asking, airflow_settings):
    from airflow.sdk.exceptions import AirflowFailException

    settings = replace(airflow_settings, approvers=("ann", "ben"))
    assert asking.assigned(settings) == [ANN, {"id": "ben", "name": "ben"}]
    assert asking.require_approvers(settings) is None
    for few in ((), ("ann",), ("ann", "ann")):
        with pytest.raises(AirflowFailException, match="at least 2 Airflow users"):
            asking.require_approvers(replace(settings, approvers=few))


def test_an_approval_is_recorded_by_the_command_in_the_name_of_who_was_logged_in(dag, recorded):
    ask(dag).execute_complete({}, answer("Approve", reason="--by=mallory is no option, it is a part of the reason"))
    assert recorded.commands == [[
        "jobs.cli", "approve", "--waive=mean_move_bounded", "--waive=moved_5_share_bounded",
        "--reason=--by=mallory is no option, it is a part of the reason", "--by=ann", "--", "4f" * 32]]


def test_a_rejection_is_recorded_and_skips_everything_after_it(dag, recorded, monkeypatch):
    question, skipped = ask(dag), []
    monkeypatch.setattr(question, "skip", lambda ti, tasks: skipped.extend(task.task_id for task in tasks))
    question.execute_complete({"task": question, "ti": None}, answer("Reject"))
    assert recorded.commands == [["jobs.cli", "refuse", f"--reason={REASON}", "--by=ann", "--", "4f" * 32]]
    assert set(skipped) == {"second_approval", "publish_release"}


def test_no_answer_in_time_is_an_error_and_records_nothing(dag, recorded):
    from airflow.providers.standard.exceptions import HITLTimeoutError
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(HITLTimeoutError):
        ask(dag).execute_complete({}, {"error": "The timeout has passed", "error_type": "timeout"})
    for nobody in (answer("Approve", user=None), answer("Approve") | {"chosen_options": ["Yes"]}):
        with pytest.raises((AirflowFailException, ValueError)):
            ask(dag).execute_complete({}, nobody)
    assert recorded.commands == []


def test_an_answer_that_does_not_count_fails_the_task(dag, recorded):
    """As of the same person twice: the command refuses it in words."""
    from airflow.sdk.exceptions import AirflowFailException

    recorded.code = 1
    with pytest.raises(AirflowFailException, match="could not be recorded"):
        ask(dag, "second_approval").execute_complete({}, answer("Approve"))


def test_a_failed_task_is_told_through_the_connections_that_airflow_knows(dagbag, store, monkeypatch):
    import failure_notices

    told = []
    monkeypatch.setenv("CANDOR_HOME", str(store.settings.home))
    monkeypatch.setenv("CANDOR_NOTIFY", "ops_chat")
    monkeypatch.setenv("AIRFLOW_CONN_OPS_CHAT", "https://hooks.example/services/T1")
    monkeypatch.setattr(notify, "send", lambda notice, connection: told.append((notice, connection)))
    context = {"task_instance": SimpleNamespace(task_id="score_snapshot", dag_id="influence_daily"),
               "params": {"snapshot_date": "2030-01-02"}, "exception": ValueError("mailinglist:ann")}
    failure_notices.tell_failure(context)
    [(notice, connection)] = told
    assert (notice.kind, str(notice.snapshot_date), connection.connection_id) == ("failed", "2030-01-02", "ops_chat")
    assert "hooks.example" in connection.host
    failure_notices.tell_failure(context | {"params": {}})
    assert len(told) == 1, "a run without a night tells nothing, and fails nothing"
    assert isinstance(notice, Notice)


def test_every_task_of_every_dag_tells_when_it_fails(dagbag):
    assert [task.task_id for dag in dagbag.dags.values() for task in dag.tasks if not task.on_failure_callback] == []
