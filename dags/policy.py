"""What every DAG has in common: owner, retries and the closed list of tags, held by a test."""

from datetime import timedelta
from enum import StrEnum

from failure_notices import tell_failure


class Layer(StrEnum):
    """Which part of the system a DAG looks after."""

    INGEST = "layer/ingest"
    SCORES = "layer/scores"


class Tier(StrEnum):
    """How soon somebody has to look: tier 1 the same morning, tier 2 the same day, tier 3 when convenient."""

    ONE = "tier/1"
    TWO = "tier/2"
    THREE = "tier/3"


OWNER = "data-engineering"

DEFAULTS = {
    "owner": OWNER,
    "retries": 2,  # a lost worker or a catalog that restarts; a block is never tried again
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=15),
    "on_failure_callback": tell_failure,
}

ONE_AT_A_TIME = {"catchup": False, "max_active_runs": 1, "default_args": DEFAULTS}
"""What every DAG is made with: no run catches up or overtakes another."""

BY_HAND = ONE_AT_A_TIME | {"schedule": None}
"""What a DAG is made with that only a person starts."""
