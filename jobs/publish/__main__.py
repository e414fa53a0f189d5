"""The publish stage from the command line: `propose` before the gate, `release` after it."""

from datetime import datetime
from typing import Annotated

import typer

from jobs.door import run_door
from jobs.publish.candidate import newest_candidate, require_newest_state, scored_on
from jobs.publish.candidate import propose as propose_candidate
from jobs.publish.release import release as release_candidate
from jobs.settings import load_settings
from jobs.storage import Store

app = typer.Typer(help=__doc__)

Night = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


@app.command()
def propose(snapshot_date: Night) -> None:
    """Put the scored night on the candidate branch."""
    store, night = Store(load_settings()), snapshot_date.date()
    candidate = propose_candidate(store, night)
    require_newest_state(store, night, scored_on(store, night))
    typer.echo(f"candidate={candidate.candidate_id} digest={candidate.candidate_digest}")


@app.command()
def release(snapshot_date: Night) -> None:
    """Publish the newest candidate of the night, if its verdict allows it."""
    store = Store(load_settings())
    released = release_candidate(store, newest_candidate(store, snapshot_date.date()))
    typer.echo(f"release={released.release_id} number={released.release_number}")


if __name__ == "__main__":
    run_door(app)
