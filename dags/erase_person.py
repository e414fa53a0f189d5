"""Erase one person from the whole store: `candor forget --request NAME`.

**When:** by hand, within 30 days after somebody asked to be forgotten. Run `candor forget ID --by NAME` on the machine
of the store first: it leaves the person out and prints the name of a request. After the next released night, start this
DAG with that name. The id itself is never a parameter: parameters stay in Airflow's database and logs, and the id lies
in one file of the store, which goes when the erasure is done.

**On failure:** the person is left out already. When the log says that no release was made without them yet, start it
again after the next night. When it names files that are left, remove them by hand and start it again: what was erased
is recognised. When it names a release that is not what the ledger says, run `candor verify` and put the files back
first. A night that ran meanwhile may fail; run it again.
"""

from datetime import timedelta

from airflow.sdk import Param, dag
from policy import BY_HAND, Layer, Tier
from stages import stage

LONGEST_ERASURE = timedelta(hours=6)
"""Every file of every snapshot is read once; a task that is still there after six hours has lost its process."""


@dag(
    **BY_HAND,
    params={
        "request": Param(type="string", pattern=r"^request-[0-9a-f]{16}$",
                         description="The name that `candor forget ID` printed. Never an id."),
        "by": Param(type="string", minLength=1, description="Who carries it out; kept in the ledger."),
    },
    tags=[Layer.SCORES, Tier.TWO],
    doc_md=__doc__,
)
def erase_person():
    """One erasure."""
    stage("erase", "jobs.cli", ["forget", "--request", "{{ params.request }}", "--by", "{{ params.by }}"],
          execution_timeout=LONGEST_ERASURE)


erase_person()
