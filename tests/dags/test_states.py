"""What becomes of a run when its stages succeed, block, or break; the stages here are one-line processes."""

import sys

import pytest

pytestmark = pytest.mark.slow

SUCCEEDS, BREAKS, BLOCKS = 0, 1, 2
NIGHT = {"snapshot_date": "2030-01-01"}


@pytest.fixture
def exit_codes(stages, monkeypatch):
    """Exit codes that replace stages, by module; a stage that is not named succeeds."""
    codes: dict[str, int] = {}
    calls: list[list[str]] = []

    def command(module: str, *arguments: str) -> list[str]:
        calls.append([module, *arguments])
        return [sys.executable, "-c", f"raise SystemExit({codes.get(module, SUCCEEDS)})"]

    monkeypatch.setattr(stages, "stage_command", command)
    codes["calls"] = calls
    return codes


@pytest.fixture
def run_states(dagbag, migrated, monkeypatch):
    """Runs a DAG without the delays of its retries, and gives the state of the run and of each task."""

    def run(dag_id: str) -> dict[str, str]:
        for task in dagbag.dags[dag_id].tasks:
            monkeypatch.setattr(task, "retries", 0)
        made = dagbag.dags[dag_id].test(run_conf=NIGHT)
        states = {task.task_id: str(task.state) for task in made.get_task_instances()}
        return {"run": str(made.state), **states}

    return run


def test_a_night_runs_its_stages_in_order_each_with_the_night(run_states, exit_codes):
    states = run_states("influence_daily")
    assert set(states.values()) == {"success"}
    night = ["--snapshot-date", "2030-01-01"]
    assert ["jobs.report", *night] in exit_codes["calls"]
    assert [call for call in exit_codes["calls"] if call[0] != "jobs.report"] == [
        ["jobs.nights.nightly", *night],
        ["jobs.publish", "propose", *night],
        ["jobs.gate", *night],
        ["jobs.publish", "release", *night],
    ]


@pytest.mark.usefixtures("migrated")
def test_a_blocked_gate_is_a_failed_task_not_tried_again_and_nothing_after_it_runs(dagbag, exit_codes):
    exit_codes["jobs.gate"] = BLOCKS
    dag = dagbag.dags["influence_daily"]
    run = dag.test(run_conf=NIGHT)
    states = {task.task_id: str(task.state) for task in run.get_task_instances()}
    assert str(run.state) == "failed"
    assert (states["gate_candidate"], states["publish_release"]) == ("failed", "upstream_failed")
    assert [call[0] for call in exit_codes["calls"]].count("jobs.gate") == 1
    assert states["write_report"] == "success"


def test_a_broken_stage_leaves_the_release_alone(run_states, exit_codes):
    exit_codes["jobs.nights.nightly"] = BREAKS
    states = run_states("influence_daily")
    assert (states["run"], states["score_snapshot"], states["publish_release"]) == (
        "failed", "failed", "upstream_failed",
    )


def test_networks_wait_for_the_lists_about_people(run_states, exit_codes):
    exit_codes["jobs.ingest"] = BREAKS
    states = run_states("ingest_daily")
    assert states["run"] == "failed"
    assert {call[2] for call in exit_codes["calls"]} == {"suppression", "minors", "identity"}


@pytest.fixture
def partition(monkeypatch):
    """Gives each run the partition 2030-01-02; the scheduler does so, dag.test() has no argument for it."""
    from airflow.models import dagrun

    made = dagrun.get_or_create_dagrun

    def with_partition(*, session, **kwargs):
        run = made(session=session, **kwargs)
        run.partition_key = "2030-01-02"
        session.commit()
        return run

    monkeypatch.setattr(dagrun, "get_or_create_dagrun", with_partition)
    return "2030-01-02"


@pytest.mark.usefixtures("migrated")
def test_all_feeds_of_a_partition_queue_one_night_for_that_partition(dagbag, exit_codes, partition):
    from airflow.models.asset import AssetPartitionDagRun, PartitionedAssetKeyLog
    from airflow.models.dag import DagModel
    from airflow.utils.session import create_session
    from sqlalchemy import select, update

    # a first run puts the DAGs into the database, paused as all new ones are
    dagbag.dags["influence_daily"].test(run_conf=NIGHT)
    with create_session() as session:
        session.execute(update(DagModel).values(is_paused=False))
    exit_codes["calls"].clear()
    assert str(dagbag.dags["ingest_daily"].test().state) == "success"
    with create_session() as session:
        queued = session.scalars(select(AssetPartitionDagRun)).all()
        feeds = session.scalars(select(PartitionedAssetKeyLog.asset_id)).all()
    assert [(run.target_dag_id, run.partition_key) for run in queued] == [("influence_daily", partition)]
    assert len(set(feeds)) == len(feeds) == 6
    assert {call[4] for call in exit_codes["calls"]} == {partition}
