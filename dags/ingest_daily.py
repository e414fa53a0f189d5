"""Take in what the feeds delivered for one day.

**When:** every day at 00:00 UTC, for the day that has just ended; the partition key is that day.

**Order:** the lists about people (suppression, minors, identity) first, because everything after them leaves
those people out; then one mapped task for each network. Each feed speaks through an asset of its own, so that
`influence_daily` starts once every feed of the day has been looked at. Outlets are the same for all instances
of a mapped task; hence the alias, which each instance resolves to the asset of its feed.

**On failure:** nothing is published, and `influence_daily` does not start for that day. A feed without a
delivery is no failure; the task says "not delivered". Read the log of the red task, repair or remove the
delivery in `inbox/<feed>/<date>/`, clear the task. A delivery that was taken in before is known by its hash. Where
later nights are released already, run `backfill_scores` from this day on: they lack what it brings.

**Past days:** `airflow backfill create --dag-id ingest_daily … --max-active-runs 1`, then `backfill_scores`.
"""

from airflow.sdk import CronPartitionTimetable, dag
from policy import ONE_AT_A_TIME, Layer, Tier
from stages import FEEDS, SNAPSHOT_DATE, IngestFeedOperator, snapshot_date

from jobs.settings import LIST_FEEDS, load_settings


@dag(
    schedule=CronPartitionTimetable("0 0 * * *", timezone="UTC", run_offset=-1, key_format="%Y-%m-%d"),
    **ONE_AT_A_TIME,
    params={"snapshot_date": SNAPSHOT_DATE},
    user_defined_macros={"snapshot_date": snapshot_date},
    tags=[Layer.INGEST, Tier.ONE],
    doc_md=__doc__,
)
def ingest_daily():
    """Lists about people, then networks."""
    by_feed = {"outlets": [FEEDS], "map_index_template": "{{ task.feed }}"}
    lists = IngestFeedOperator.partial(task_id="ingest_list", **by_feed).expand(feed=list(LIST_FEEDS))
    networks = IngestFeedOperator.partial(task_id="ingest_network", **by_feed).expand(
        feed=list(load_settings().networks)
    )
    lists >> networks


ingest_daily()
