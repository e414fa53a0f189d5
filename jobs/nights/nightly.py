"""The one Spark application of a night: topics, engagement, scoring and audit in one session.

python -m jobs.nights.nightly --snapshot-date 2030-01-01
spark-submit jobs/nights/nightly.py --snapshot-date 2030-01-01
"""

from datetime import date, datetime
from typing import Annotated

import typer

from jobs.audit import change, holds, shift
from jobs.concurrency import in_parallel
from jobs.door import run_door
from jobs.engagement import run as engagement
from jobs.failpoints import failpoint
from jobs.ledger import Release, newest_release
from jobs.manifest import Run
from jobs.scoring import run as scoring
from jobs.scoring.rows import with_rank
from jobs.session import open_session
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.topics import run as topics

app = typer.Typer(help=__doc__)


def score_night(spark, store: Store, snapshot_date: date, run: Run) -> None:
    """Stage and audit the scores of one night, from the day's rows and the state of the last release before it."""
    stage_night(spark, store, snapshot_date, newest_release(store, before=snapshot_date), run)
    audit_night(spark, store, snapshot_date, run)


def stage_night(spark, store: Store, snapshot_date: date, base: Release | None, run: Run) -> None:
    """Fold the day's rows into a state and stage the scores that follow; intermediate frames go, whatever happens.

    base: the release that froze that state, or a candidate that will be one; None is no state.
    """
    try:
        _run_stages(spark, store, snapshot_date, base, run)
    finally:
        store.clear_scratch()


def _run_stages(spark, store: Store, snapshot_date: date, base: Release | None, run: Run) -> None:
    with run.stage("topics") as details:
        details["file_count"] = topics.run(spark, store, snapshot_date, base)
    failpoint("night.topics_written")
    with run.stage("engagement") as details:
        details["state_of"] = base.candidate_id if base else None
        engagement.run(spark, store, snapshot_date, base)
    failpoint("night.engagement_written")
    with run.stage("scoring") as details:
        details["versions"] = scoring.run(spark, store, snapshot_date, base, stale_networks(store, snapshot_date))
    failpoint("night.scored")


def audit_night(spark, store: Store, snapshot_date: date, run: Run) -> None:
    """Hold, measure and explain what a staged night changes since the last release before it."""
    earlier = newest_release(store, before=snapshot_date)
    with run.stage("audit") as details:
        details["held_people"] = holds.run(spark, store, snapshot_date, earlier, with_rank)
        in_parallel(
            lambda: shift.run(spark, store, snapshot_date, earlier),
            lambda: change.run(spark, store, snapshot_date, earlier))
    failpoint("night.audited")


def stale_networks(store: Store, snapshot_date: date) -> str | None:
    """Networks that the operator expects and that delivered nothing for the day, comma separated (S16)."""
    day = f"covers_from_date <= '{snapshot_date}' AND covers_to_date >= '{snapshot_date}'"
    delivered = set(store.arrow("ops__deliveries", day, columns=["feed"]).column("feed").to_pylist())
    return ", ".join(sorted(set(store.settings.networks) - delivered)) or None


@app.command()
def main(snapshot_date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]) -> None:
    """Score one night on the engine of the settings."""
    store = Store(load_settings())
    run = Run(store, snapshot_date.date())
    with open_session(store.settings, f"candor {snapshot_date:%Y-%m-%d}") as spark:
        score_night(spark, store, snapshot_date.date(), run)
    typer.echo(" ".join(f"{stage}={seconds:.1f}s" for stage, seconds in run.seconds().items()))
    run.write()


if __name__ == "__main__":
    run_door(app)
