"""What every DAG owes the person on call: a note, an owner, known tags, retries, one run at a time."""

from pathlib import Path

import pytest

from jobs import errors
from jobs.orchestration import SPARK_POOL

SCHEDULED = {"ingest_daily", "influence_daily"}
TRIAGE = ("**When:**", "**On failure:**")


@pytest.fixture(params=["ingest_daily", "influence_daily", "backfill_scores", "compare_versions", "erase_person",
                        "approve_release"])
def dag(request, dagbag):
    return dagbag.dags[request.param]


def test_the_note_says_when_it_runs_and_what_to_do_when_it_fails(dag):
    assert [words for words in TRIAGE if words not in dag.doc_md] == []


def test_the_owner_is_the_team_that_is_called(dag):
    from policy import OWNER

    assert {task.owner for task in dag.tasks} == {OWNER}


def test_the_tags_are_one_layer_and_one_tier(dag):
    from policy import Layer, Tier

    assert set(dag.tags) <= {str(tag) for tag in (*Layer, *Tier)}
    assert sorted(tag.split("/")[0] for tag in dag.tags) == ["layer", "tier"]


def test_no_run_catches_up_or_overtakes_another(dag):
    assert (dag.catchup, dag.max_active_runs) == (False, 1)


def test_every_task_of_a_scheduled_dag_is_tried_again_with_a_growing_delay(dagbag):
    tasks = [task for name in SCHEDULED for task in dagbag.dags[name].tasks]
    assert {(task.retries, bool(task.retry_exponential_backoff)) for task in tasks} == {(2, True)}


def test_a_backfill_is_not_tried_again_because_it_would_release_its_first_nights_twice(dagbag):
    assert [task.retries for task in dagbag.dags["backfill_scores"].tasks] == [0]


def test_a_scheduled_dag_can_be_given_its_night(dagbag):
    assert [name for name in sorted(SCHEDULED) if "snapshot_date" not in dagbag.dags[name].params] == []


def test_a_backfill_without_a_reason_is_refused(dagbag):
    from airflow.sdk.exceptions import ParamValidationError

    reason = dagbag.dags["backfill_scores"].params.get_param("reason")
    assert reason.resolve("the lists of 2030-01-01 came late") == "the lists of 2030-01-01 came late"
    with pytest.raises(ParamValidationError, match="too short"):
        reason.resolve("fix")


def test_every_kind_of_error_has_a_heading_in_the_runbook():
    runbook = (Path(__file__).resolve().parents[2] / "docs" / "for_data_engineers.md").read_text()
    kinds = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert "NightBlocked" in kinds
    assert [name for name in kinds if f"\n### {name}\n" not in runbook] == []


def test_spark_applications_wait_for_each_other(dagbag):
    pools = {task.task_id: task.pool for task in dagbag.dags["influence_daily"].tasks}
    assert pools["score_snapshot"] == SPARK_POOL
    assert pools["gate_candidate"] == "default_pool"
