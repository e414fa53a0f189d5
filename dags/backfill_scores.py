"""Run a range of nights again, oldest first, through the same command as by hand: `candor night --from --to`.

**When:** by hand only. `from_date` and `to_date` are both included; the reason is kept with the run.

**Why one task:** a night starts from the state of the night before it, so the nights of a range cannot
overlap or be skipped. A blocked night is left out: the nights after it go on from the last release before it, and
each other night is a release of its own unless it says what its last one said. The task is not tried again: what
blocked or broke a night once does so again.

**On failure:** read which night was blocked or failed, settle that night, then start again with it as `from_date`:
the nights after it lack what it brings.
"""

from datetime import timedelta

from airflow.sdk import Param, dag
from policy import BY_HAND, Layer, Tier
from stages import stage

from jobs.commands import nights_arguments
from jobs.orchestration import SPARK_POOL

SHORTEST_REASON = 10
"""Characters; "fix" is no reason that an auditor can use a year later."""

LONGEST_BACKFILL = timedelta(days=2)
"""A year of small nights takes hours; a task that is still there after two days has lost its process."""


@dag(
    **BY_HAND,
    params={
        "from_date": Param(type="string", format="date", description="The first night."),
        "to_date": Param(type="string", format="date", description="The last night."),
        "reason": Param(type="string", minLength=SHORTEST_REASON, description="Why they are run again."),
    },
    tags=[Layer.SCORES, Tier.TWO],
    doc_md=__doc__,
)
def backfill_scores():
    """The nights, in order."""
    stage(
        "run_nights", "jobs.cli", nights_arguments("{{ params.from_date }}", "{{ params.to_date }}"),
        pool=SPARK_POOL, execution_timeout=LONGEST_BACKFILL, retries=0,
    )


backfill_scores()
