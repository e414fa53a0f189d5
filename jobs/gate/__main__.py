"""The gate from the command line: exit 0 when the candidate may be published, 2 when it is blocked."""

from datetime import datetime
from typing import Annotated

import typer

from jobs.door import run_door
from jobs.errors import NightBlocked
from jobs.gate.candidate import judge_candidate
from jobs.gate.proposal import find_proposal
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import printable_lines

app = typer.Typer(help=__doc__)


@app.command()
def main(
    snapshot_date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The night.")],
    candidate_id: Annotated[str | None, typer.Option(help="The newest candidate of the night unless named.")] = None,
    candidate_digest: Annotated[str | None, typer.Option(help="Its digest, when it must be this one.")] = None,
) -> None:
    """Judge the candidate of a night."""
    store = Store(load_settings())
    proposal = find_proposal(store, snapshot_date.date(), candidate_id, candidate_digest)
    verdict = judge_candidate(store, proposal.snapshot_date, proposal.candidate_id, proposal.candidate_digest)
    typer.echo(f"candidate={verdict.candidate_id} digest={verdict.candidate_digest} verdict={verdict.verdict}")
    for finding in verdict.not_held:
        typer.echo(printable_lines(f"{finding.severity}: {finding.line}\n  {finding.why}"))
    if verdict.suspect:
        typer.echo(f"look first at: {verdict.suspect}")
    if not verdict.is_publishable:
        raise NightBlocked(
            f"{verdict.snapshot_date}: candidate {verdict.candidate_id} is blocked by "
            f"{', '.join(verdict.blocked_by)}; the last release stays in place. Put right what is named above, and run "
            "the night again."
        )


if __name__ == "__main__":
    run_door(app)
