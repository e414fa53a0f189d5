"""The real stages behind the DAGs: one night to a release, one to a failed task that leaves the release in place."""

import shutil
from datetime import date

import pytest

from jobs.demo.world import make_world
from jobs.ledger import releases
from jobs.settings import Settings
from jobs.storage import Store

pytestmark = pytest.mark.slow

RELEASED, BLOCKED = date(2030, 1, 1), date(2030, 1, 2)


@pytest.fixture
def world(tmp_path, monkeypatch) -> Store:
    """Deliveries of two days; the stages that the tasks start find them through CANDOR_HOME."""
    make_world(tmp_path / "store", people=200, days=2)
    monkeypatch.setenv("CANDOR_HOME", str(tmp_path / "store"))
    return Store(Settings(home=tmp_path / "store"))


def states(dagbag, dag_id: str, night: date) -> dict[str, str]:
    for task in dagbag.dags[dag_id].tasks:
        task.retries = 0
    run = dagbag.dags[dag_id].test(run_conf={"snapshot_date": night.isoformat()})
    return {"run": str(run.state), **{task.task_id: str(task.state) for task in run.get_task_instances()}}


@pytest.mark.usefixtures("migrated")
def test_a_night_runs_to_a_release_and_a_night_without_a_list_to_a_failed_gate(dagbag, world):
    assert states(dagbag, "ingest_daily", RELEASED)["run"] == "success"
    assert states(dagbag, "influence_daily", RELEASED)["publish_release"] == "success"
    assert [release.snapshot_date for release in releases(world)] == [RELEASED]

    shutil.rmtree(world.settings.inbox / "minors" / BLOCKED.isoformat())
    assert states(dagbag, "ingest_daily", BLOCKED)["run"] == "success"
    blocked = states(dagbag, "influence_daily", BLOCKED)
    assert (blocked["run"], blocked["gate_candidate"], blocked["publish_release"]) == (
        "failed", "failed", "upstream_failed")
    assert [release.snapshot_date for release in releases(world)] == [RELEASED], "answers S55: fail closed"
