"""The doors of the stage: load a feed from files that are named, or from those that wait in the inbox."""

from datetime import date, datetime
from pathlib import Path

from jobs import discovery
from jobs.errors import BadInput
from jobs.ingest.contract import Connector
from jobs.ingest.delivery import load_delivery
from jobs.ingest.land import Landing, only_load
from jobs.ingest.lists import load_list
from jobs.ingest.load import OnProgress
from jobs.ingest.machine_faults import machine_faults_named
from jobs.ingest.summary import IngestSummary
from jobs.manifest import now
from jobs.settings import LIST_FEEDS
from jobs.storage import Store

NETWORKS = "jobs.ingest.networks"


def ingest_feed(
    store: Store,
    feed: str,
    paths: list[Path],
    snapshot_date: date | None,
    *,
    connector: Connector | None = None,
    on_progress: OnProgress | None = None,
) -> IngestSummary:
    """Land and load the files of a feed for one day; snapshot_date None loads every day that they hold.

    on_progress is called with the rows read and the bytes of finished files, every 50,000 rows and after
    each file. Errors: MissingInput for an unknown feed or path; BadInput for a list that is not whole, or for
    another network's files; CommitConflict while another process loads the feed; PipelineError for a fault of this
    machine. Nothing is committed then, or everything, which the next load recognises.
    """
    landing = Landing(store.settings.home, feed, snapshot_date)
    recorded_at = now()
    if feed in LIST_FEEDS:
        return _ingest_list(store, landing, paths, recorded_at)
    connector = connector or discovery.load(NETWORKS, feed)
    with machine_faults_named(landing), only_load(landing):
        return load_delivery(store, landing, connector, paths, recorded_at, on_progress)


def ingest_inbox(
    store: Store,
    feed: str,
    snapshot_date: date,
    *,
    connector: Connector | None = None,
    on_progress: OnProgress | None = None,
) -> IngestSummary | None:
    """Load what waits in inbox/<feed>/<date>/; None when there is no such folder or no file in it."""
    folder = store.settings.inbox / feed / snapshot_date.isoformat()
    if not any(path.is_file() for path in folder.rglob("*")):
        return None
    return ingest_feed(store, feed, [folder], snapshot_date, connector=connector, on_progress=on_progress)


def _ingest_list(store: Store, landing: Landing, paths: list[Path], recorded_at: datetime) -> IngestSummary:
    if landing.snapshot_date is None:
        raise BadInput(
            f"feed {landing.feed} is a list, which is whole for one day, and no day was given; nothing "
            f"loaded. Give a snapshot date."
        )
    with machine_faults_named(landing), only_load(landing):
        return load_list(store, landing, paths, recorded_at)
