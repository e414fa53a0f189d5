"""How a stage runs: the one place that decides between spark-submit and a plain process.

The engine comes from the settings. A stage that is a Spark application goes through SparkSubmitOperator when
the engine is `spark`; the embedded engine, `sc://` servers and stages without Spark are plain processes.
"""

from datetime import date, datetime

from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Asset, AssetAlias, BaseOperator, Param
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from jobs.commands import APPLICATIONS, StageProcess, ingest_arguments, stage_command
from jobs.door import BLOCKED, DONE
from jobs.orchestration import SPARK_POOL
from jobs.session import is_served, spark_environment, spark_submit_settings
from jobs.settings import Settings, load_settings

SPARK_CONNECTION = "spark_default"
FEEDS = AssetAlias("candor_feeds")
NIGHT = "{{ snapshot_date(params, partition_key, logical_date | default(none)) }}"


def snapshot_date(params: dict, partition_key: str | None, logical_date: datetime | None) -> str:
    """The night of a run: the date asked for, else the partition, else the day of the run itself.

    Errors: AirflowFailException when none of them is there, or when it is not a date such as 2030-01-01.
    """
    day_of_run = logical_date.date().isoformat() if logical_date else ""
    chosen = params.get("snapshot_date") or partition_key or day_of_run
    try:
        return date.fromisoformat(chosen).isoformat()
    except ValueError:
        raise AirflowFailException(
            f"this run needs a snapshot date such as 2030-01-01, got {chosen!r}; "
            'trigger it with the configuration {"snapshot_date": "..."}'
        ) from None


SNAPSHOT_DATE = Param(
    None, type=["null", "string"], format="date",
    description="The night to run. Empty: the partition that started the run, else the date of the run.",
)


def feed_asset(feed: str) -> Asset:
    """The asset that says a feed was looked at for a day; its partitions are snapshot dates."""
    return Asset(name=f"candor_feed_{feed}", uri=f"candor://feeds/{feed}")


class StageOperator(BaseOperator):
    """Run one stage as a process; exit code 2 fails the task for good, others leave it to its retries."""

    template_fields = ("arguments",)

    def __init__(self, *, module: str, arguments: list[str], **kwargs):
        super().__init__(**kwargs)
        self.module = module
        self.arguments = arguments
        self.process = None

    def execute(self, context):
        """Run the stage and turn its exit code into the state of the task."""
        self._run_stage()

    def on_kill(self):
        """End the stage with everything that it started."""
        if self.process:
            self.process.end()

    def _run_stage(self) -> None:
        self.log.info("python -m %s %s", self.module, " ".join(self.arguments))
        self.process = StageProcess(stage_command(self.module, *self.arguments))
        code = self.process.run(self.log.info)
        if code == BLOCKED:
            raise AirflowFailException(f"{self.module} blocked this night; the last release stays in place")
        if code != DONE:
            raise AirflowException(f"{self.module} ended with exit code {code}; see the log for the reason")


class IngestFeedOperator(StageOperator):
    """Ingest one feed of one day, then say so through the asset of that feed."""

    def __init__(self, *, feed: str, **kwargs):
        super().__init__(module="jobs.ingest", arguments=ingest_arguments(feed, NIGHT), **kwargs)
        self.feed = feed

    def execute(self, context):
        """Run the ingest; the asset event carries the partition of the run."""
        self._run_stage()
        context["outlet_events"][FEEDS].add(feed_asset(self.feed))


def stage(task_id: str, module: str, arguments: list[str], **kwargs) -> BaseOperator:
    """The operator that runs a stage on the engine of the settings."""
    settings = load_settings()
    if module in APPLICATIONS:
        kwargs["pool"] = SPARK_POOL
    if module in APPLICATIONS and submits_to_spark(settings):
        return _submitted(task_id, module, arguments, settings, **kwargs)
    return StageOperator(task_id=task_id, module=module, arguments=arguments, **kwargs)


def submits_to_spark(settings: Settings) -> bool:
    """Whether Spark applications go through spark-submit; a Spark Connect server takes none."""
    return settings.engine == "spark" and not is_served(settings)


def _submitted(task_id: str, module: str, arguments: list[str], settings: Settings, **kwargs) -> BaseOperator:
    return SparkSubmitOperator(
        task_id=task_id,
        name=task_id,
        conn_id=SPARK_CONNECTION,
        application=str(APPLICATIONS[module]),
        application_args=arguments,
        conf=spark_submit_settings(settings),
        env_vars=spark_environment(settings),
        **kwargs,
    )


def require_spark_master(settings: Settings) -> None:
    """Stop when the connection would submit anywhere else than the settings say.

    Without a readable connection SparkSubmitOperator turns to YARN and says nothing; so the question goes to
    the hook that it uses.
    Errors: AirflowFailException.
    """
    if not submits_to_spark(settings):
        return
    master = SparkSubmitHook(conn_id=SPARK_CONNECTION)._connection["master"]
    if master != settings.spark_master:
        raise AirflowFailException(
            f"connection {SPARK_CONNECTION} resolves to master {master!r}, settings expect "
            f"{settings.spark_master!r}; give the connection as JSON with the whole address as its host"
        )
