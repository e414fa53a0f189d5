"""Ask two people whether a blocked night may be published, record what they say, and publish it when both agree.

**When:** by hand, from the notice or the gate's report, which name the digest and the checks:
`airflow dags trigger approve_release --conf '{"snapshot_date": "2030-01-30", "candidate_digest": "...",
"waived_metrics": "mean_move_bounded"}'`. The answers are given under "Required actions".

**Who:** the users of the setting `approvers`. There is no default answer, and who has approved cannot approve again:
the second answer has to come from somebody else. The same can be done with `candor approve`, also when Airflow is down.

**On failure:** nothing is published; readers keep the last release.

* `preflight` is red: fewer than two approvers are set, so Airflow would let anybody answer.
* `first_approval` or `second_approval` is red: nobody answered within the time, or the answer does not count: a check
  that cannot be waived, a night that was judged again, the same person twice. The log says which; start again.
  A program that answers within a second of the question makes Airflow fail the task, too: wait a moment.
* `publish_release` is red: an approval has expired, the night was judged again, or another run published first.
  In the last case run the night again; approvals hold while the gate finds the same, for 24 hours.
"""

from datetime import timedelta

from airflow.sdk import Param, dag, task
from approval_operator import REASON, AskForApproval, assigned, require_approvers
from policy import BY_HAND, Layer, Tier
from stages import stage

from jobs.commands import night_arguments
from jobs.settings import load_settings

TIME_TO_ANSWER = timedelta(hours=8)
"""A working day: both answers come before the first approval expires, after 24 hours."""

BODY = ("Candidate {{ params.candidate_digest }} of {{ params.snapshot_date }} was blocked by "
        "{{ params.waived_metrics }}. Read reports/gate/{{ params.snapshot_date }} of the store first. "
        "Approve only what you looked at.")


@dag(
    **BY_HAND,
    params={
        "snapshot_date": Param(type="string", format="date", description="The blocked night."),
        "candidate_digest": Param(type="string", pattern="^[0-9a-f]{64}$", description="Of the blocked candidate."),
        "waived_metrics": Param(type="string", pattern="^[a-z0-9_]+(, ?[a-z0-9_]+)*$",
                                description="Every check that blocked it, comma separated."),
    },
    tags=[Layer.SCORES, Tier.ONE],
    doc_md=__doc__,
)
def approve_release():
    """Preflight, two answers, publish."""

    @task
    def preflight():
        """Refuse to ask when anybody could answer."""
        require_approvers(load_settings())

    def ask(task_id: str) -> AskForApproval:
        return AskForApproval(
            task_id=task_id, subject="Publish the blocked night of {{ params.snapshot_date }}?", body=BODY,
            assigned_users=assigned(load_settings()), response_timeout=TIME_TO_ANSWER, retries=0,
            params={"reason": REASON},
            digest="{{ params.candidate_digest }}", metrics="{{ params.waived_metrics }}",
        )

    publish = stage("publish_release", "jobs.publish", ["release", *night_arguments("{{ params.snapshot_date }}")])
    preflight() >> ask("first_approval") >> ask("second_approval") >> publish


approve_release()
