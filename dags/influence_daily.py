"""Score one snapshot, judge it, and publish it when the verdict allows.

**When:** each time every feed of a day has been looked at (`ingest_daily`), with that day as partition key;
or by hand for a date: `airflow dags trigger influence_daily --conf '{"snapshot_date": "2030-01-01"}'`.

**On failure:** nothing is published; readers keep the last release.

* `preflight` is red: the settings and the Spark connection disagree. Repair the connection; clear the task.
* `score_snapshot` is red: an input is missing or the engine was lost. A rerun replaces its own night.
* `gate_candidate` is red and was not tried again: the night is **blocked**. The log names the invariant, what
  was observed, the limit, and where. Find the cause before you clear it: docs/for_data_engineers.md.
* `write_report` runs beside publishing, also for a blocked night: start with its page, reports/gate/<date>/.
* A night before it came later (`candor status`: "go on from an older state"): run `backfill_scores` from here on.
* `propose_candidate` or `publish_release` is red: another run published first, perhaps the state that this night
  goes on. Clear from `score_snapshot` downstream.
"""

from airflow.sdk import AssetAll, PartitionedAssetTimetable, TriggerRule, dag, task
from policy import ONE_AT_A_TIME, Layer, Tier
from stages import NIGHT, SNAPSHOT_DATE, feed_asset, require_spark_master, snapshot_date, stage

from jobs.commands import night_arguments
from jobs.settings import LIST_FEEDS, load_settings

FEED_ASSETS = [feed_asset(feed) for feed in (*LIST_FEEDS, *load_settings().networks)]


@dag(
    schedule=PartitionedAssetTimetable(assets=AssetAll(*FEED_ASSETS)),
    **ONE_AT_A_TIME,
    params={"snapshot_date": SNAPSHOT_DATE},
    user_defined_macros={"snapshot_date": snapshot_date},
    tags=[Layer.SCORES, Tier.ONE],
    doc_md=__doc__,
)
def influence_daily():
    """Preflight, score, propose, gate, publish; the report of the gate is written whatever its verdict."""

    @task
    def preflight():
        """Refuse to start when spark-submit would go anywhere else than the settings say."""
        require_spark_master(load_settings())

    night = night_arguments(NIGHT)
    gate = stage("gate_candidate", "jobs.gate", night)
    (
        preflight()
        >> stage("score_snapshot", "jobs.nights.nightly", night)
        >> stage("propose_candidate", "jobs.publish", ["propose", *night])
        >> gate
        >> stage("publish_release", "jobs.publish", ["release", *night])
    )
    gate >> stage("write_report", "jobs.report", night, trigger_rule=TriggerRule.ALL_DONE)


influence_daily()
