"""Write the auditor's pack of two algorithm versions on one released night: `candor compare`.

**When:** by hand, before a version is announced, and whenever an auditor asks. Both versions must have been scored
in that night. The log names the folder and the digest of the pack; the announcement names that digest.

**On failure:** nothing was written and no release is touched. The log says what is missing: a night that is not
released, or a version that was not scored in it. Start it again with another night; a second run replaces the pack
of the first one.
"""

from datetime import timedelta

from airflow.sdk import Param, dag
from policy import BY_HAND, Layer, Tier
from stages import stage

from jobs.orchestration import SPARK_POOL

LONGEST_COMPARISON = timedelta(hours=2)
"""A million accounts take minutes; a task that is still there after two hours has lost its process."""


@dag(
    **BY_HAND,
    params={
        "baseline_version": Param(type="string", pattern=r"^v[1-9]\d*$", description="The old version, such as v1."),
        "candidate_version": Param(type="string", pattern=r"^v[1-9]\d*$", description="The new version, such as v2."),
        "snapshot_date": Param(type="string", format="date", description="A released night that scored both."),
    },
    tags=[Layer.SCORES, Tier.THREE],
    doc_md=__doc__,
)
def compare_versions():
    """One pack."""
    stage(
        "compare", "jobs.cli",
        ["compare", "{{ params.baseline_version }}", "{{ params.candidate_version }}",
         "--date", "{{ params.snapshot_date }}"],
        pool=SPARK_POOL, execution_timeout=LONGEST_COMPARISON,
    )


compare_versions()
