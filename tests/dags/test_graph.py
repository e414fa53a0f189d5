"""The order of the stages, what starts them, for which night, and through which door they leave Airflow."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jobs.orchestration import (
    airflow_environment,
    dag_test_command,
    progress,
    shell_lines,
    spark_connection,
)
from jobs.settings import LIST_FEEDS, Settings, load_settings

ORDER = ["preflight", "score_snapshot", "propose_candidate", "gate_candidate", "publish_release"]
REPORT = "write_report"
SOMEDAY = datetime(2030, 1, 3, tzinfo=UTC)


def on_spark(tmp_path, master: str) -> Settings:
    return Settings(home=tmp_path, engine="spark", spark_master=master)


def test_the_gate_stands_between_the_candidate_and_the_release(dagbag):
    tasks = dagbag.dags["influence_daily"].task_dict
    assert {name: tasks[name].downstream_task_ids - {REPORT} for name in ORDER} == {
        name: {after} for name, after in zip(ORDER, ORDER[1:], strict=False)
    } | {"publish_release": set()}


def test_the_report_follows_the_gate_and_leaves_the_state_of_the_run_to_publishing(dagbag):
    tasks = dagbag.dags["influence_daily"].task_dict
    assert tasks[REPORT].upstream_task_ids == {"gate_candidate"}
    assert tasks[REPORT].downstream_task_ids == set()


def test_a_task_runs_only_when_all_before_it_succeeded(dagbag):
    rules = {(task.task_id, task.trigger_rule.value) for dag in dagbag.dags.values() for task in dag.tasks}
    assert {rule for task_id, rule in rules if task_id != REPORT} == {"all_success"}
    assert (REPORT, "all_done") in rules


def test_lists_about_people_are_taken_in_before_any_network(dagbag):
    tasks = dagbag.dags["ingest_daily"].task_dict
    assert tasks["ingest_list"].downstream_task_ids == {"ingest_network"}
    assert tasks["ingest_list"].expand_input.value == {"feed": list(LIST_FEEDS)}
    assert tasks["ingest_network"].expand_input.value == {"feed": list(load_settings().networks)}


def test_a_night_starts_when_every_feed_of_its_day_was_looked_at(dagbag, stages):
    condition = dagbag.dags["influence_daily"].timetable.asset_condition
    expected = {f"candor_feed_{feed}" for feed in (*LIST_FEEDS, *load_settings().networks)}
    assert {asset.name for asset in condition.objects} == expected
    assert type(condition).__name__ == "AssetAll"


def test_the_partition_of_a_run_after_midnight_is_the_day_that_ended(dagbag):
    from airflow.serialization.encoders import coerce_to_core_timetable

    timetable = coerce_to_core_timetable(dagbag.dags["ingest_daily"].timetable)
    _, key = timetable._get_partition_info(run_date=SOMEDAY)
    assert key == "2030-01-02"


@pytest.mark.parametrize(
    ("asked", "partition", "logical", "night"),
    [
        ("2030-01-01", "2030-01-02", SOMEDAY, "2030-01-01"),
        (None, "2030-01-02", SOMEDAY, "2030-01-02"),
        (None, None, SOMEDAY, "2030-01-03"),
        ("2030-01-01", None, None, "2030-01-01"),
    ],
)
def test_the_date_asked_for_wins_over_the_partition_and_the_partition_over_the_clock(
    stages, asked, partition, logical, night
):
    assert stages.snapshot_date({"snapshot_date": asked}, partition, logical) == night


@pytest.mark.parametrize(("asked", "partition"), [(None, None), ("yesterday", None), (None, "2030-01-32")])
def test_a_run_without_a_night_fails_and_is_not_tried_again(stages, asked, partition):
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="snapshot date such as 2030-01-01"):
        stages.snapshot_date({"snapshot_date": asked}, partition, None)


@pytest.mark.parametrize(
    ("engine", "master", "operator"),
    [
        ("sail", "local[*]", "StageOperator"),
        ("spark", "local[*]", "SparkSubmitOperator"),
        ("spark", "spark://127.0.0.1:7077", "SparkSubmitOperator"),
        ("spark", "sc://127.0.0.1:15002", "StageOperator"),
    ],
)
def test_only_spark_itself_is_reached_through_spark_submit(
    stages, monkeypatch, tmp_path, engine, master, operator
):
    settings = replace(on_spark(tmp_path, master), engine=engine)
    monkeypatch.setattr(stages, "load_settings", lambda: settings)
    night = ["--snapshot-date", "2030-01-01"]
    assert type(stages.stage("score_snapshot", "jobs.nights.nightly", night)).__name__ == operator
    assert type(stages.stage("gate_candidate", "jobs.gate", night)).__name__ == "StageOperator"


def test_spark_submit_is_given_the_night_the_file_and_this_interpreter(stages, monkeypatch, tmp_path):
    monkeypatch.setattr(stages, "load_settings", lambda: on_spark(tmp_path, "local[*]"))
    submitted = stages.stage("score_snapshot", "jobs.nights.nightly", ["--snapshot-date", "2030-01-01"])
    assert submitted.application.endswith("/jobs/nights/nightly.py")
    assert submitted.application_args == ["--snapshot-date", "2030-01-01"]
    assert "PYSPARK_PYTHON" in submitted.env_vars


def test_the_preflight_passes_a_connection_that_names_the_master_of_the_settings(
    stages, monkeypatch, tmp_path
):
    settings = on_spark(tmp_path, "spark://127.0.0.1:17077")
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", spark_connection(settings))
    assert stages.require_spark_master(settings) is None


@pytest.mark.parametrize("connection", ["spark://local[1]?deploy-mode=client", None])
def test_the_preflight_stops_a_connection_that_would_silently_submit_elsewhere(
    stages, monkeypatch, tmp_path, migrated, connection
):
    from airflow.sdk.exceptions import AirflowFailException

    monkeypatch.delenv("AIRFLOW_CONN_SPARK_DEFAULT")
    if connection:
        monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", connection)
    with pytest.raises(AirflowFailException, match=r"settings expect 'local\[\*\]'"):
        stages.require_spark_master(on_spark(tmp_path, "local[*]"))


def test_nothing_of_airflow_lies_outside_the_home(tmp_path):
    environment = airflow_environment(Settings(home=tmp_path))
    folders = ("AIRFLOW_HOME", "AIRFLOW__LOGGING__BASE_LOG_FOLDER", "TMPDIR", "CANDOR_HOME")
    assert [name for name in folders if not environment[name].startswith(str(tmp_path))] == []
    assert str(tmp_path) in environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]


def test_dags_see_the_settings_that_the_command_was_given(tmp_path, monkeypatch):
    one = ("stackexchange",)
    given = Settings(home=tmp_path, engine="spark", networks=one, required_networks=one)
    for name, value in airflow_environment(given).items():
        monkeypatch.setenv(name, value)
    assert load_settings() == given


def test_the_night_of_a_single_run_is_in_its_configuration():
    assert dag_test_command("influence_daily", "2030-01-01") == [
        "dags", "test", "influence_daily", "--conf", '{"snapshot_date": "2030-01-01"}',
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("T [info     ] [DAG TEST] starting task_id=gate_candidate map_index=-1 [sdk]", "gate_candidate"),
        ("T [info     ] topics=1.2s [airflow.task.operators.stages.StageOperator] loc=x", "  topics=1.2s"),
        ("airflow.sdk.exceptions.AirflowFailException: jobs.gate blocked", "  failed: jobs.gate blocked"),
        ("T [info     ]   [airflow.task.operators.stages.StageOperator] loc=x", None),
        ('T [info     ] {"in": 4} [airflow.task.operators.stages.IngestFeedOperator] loc=x', None),
        ("T [info     ] 30/01/01 00:00:01 INFO Executor: Run [airflow.task.hooks.spark.SparkSubmitHook] l=x", None),
        ("T [info     ] at $anonfun$1 at CompletableFuture.java [airflow.task.hooks.spark.SparkSubmitHook] l=x", None),
        ("T [info     ] 30/01/01 00:00:01 WARN Executor: Lost [airflow.task.hooks.spark.SparkSubmitHook] loc=x",
         "  30/01/01 00:00:01 WARN Executor: Lost"),
        ("T [warning  ] No tasks to run. unrunnable tasks: {} [airflow.sdk.definitions.dag]", None),
    ],
)
def test_progress_is_what_the_stages_say_and_not_what_airflow_says(line, told):
    assert progress(line) == told


def test_the_environment_can_be_taken_over_by_a_shell():
    assert shell_lines({"A": "plain", "B": 'local[*] "x"'}) == "export A=plain\nexport B='local[*] \"x\"'"
