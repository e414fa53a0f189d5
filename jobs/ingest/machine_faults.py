"""A fault of this machine while a delivery is loaded says nothing about the delivery, and is raised as such."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.errors import PipelineError
from jobs.ingest.land import Landing

FAULTS = (OSError, sqlite3.OperationalError)
"""What a full disk, a quota or a broken disk raises: the second from the scratch database. Where the delivered file
itself is at fault, a BadInput was made of it before."""


@contextmanager
def machine_faults_named(landing: Landing) -> Iterator[None]:
    """Turn what this machine raises during a load into a sentence; errors: PipelineError, which is no BadInput."""
    try:
        yield
    except FAULTS as error:
        raise PipelineError(
            f"feed {landing.feed} of {landing.scope}: expected to read and write files below {landing.home}, got "
            f"{error}; nothing is recorded against the delivery. Look at the free space, the quota, the permissions "
            f"and the disk there, then run it again: what is not loaded yet is loaded."
        ) from error
