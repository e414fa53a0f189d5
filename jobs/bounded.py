"""A statement of somebody else, bounded where its engine does not look: inside one function of one row.

DuckDB counts the memory of its buffers and looks for an interrupt between chunks of rows; a function that builds one
text of gigabytes, or compares two long ones, does neither. The bounds here are those of the process.
"""

import os
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from jobs.door import FAILED
from jobs.errors import PipelineError

ADDED_BYTES = 2_000_000_000
"""Address space that a statement may take: the engine's own limit of 1 GB, and as much again for what it does not count
and for the answer on its way out. Beside a running night on 4 GB nothing else is pushed out."""

GRACE_SECONDS = 2.0
"""After its time a statement is interrupted; one that has not ended so much later is in a function that never looks."""

ADDRESS_SPACE = Path("/proc/self/statm")


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Keep what runs inside within ADDED_BYTES, and end the process GRACE_SECONDS after its time.

    Errors: PipelineError when the memory does not suffice. For a command of its own, where nothing else would be lost.
    """
    allowed = seconds + GRACE_SECONDS
    with _memory(), cut_off(allowed, partial(_end, allowed)):
        try:
            yield
        except MemoryError as error:
            raise PipelineError(
                f"the statement needs more than {ADDED_BYTES / 1e9:g} GB of memory; ask for fewer or shorter values."
            ) from error


@contextmanager
def _memory() -> Iterator[None]:
    """Bound the address space; where the system does not say how large it is now, nothing is bounded."""
    if not ADDRESS_SPACE.exists():
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(ADDRESS_SPACE.read_text().split()[0]) * resource.getpagesize()
    allowed = [used + ADDED_BYTES, *(limit for limit in before if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(allowed), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def cut_off(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Act, from a thread beside, when what runs inside takes longer than seconds."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end(seconds: float) -> None:
    print(f"error: the statement was stopped: expected an answer, or an end, within {seconds:g} s. Narrow it to fewer "
          "dates or topics, or to shorter texts.", file=sys.stderr, flush=True)
    os._exit(FAILED)
