"""What waits in the inbox for a night: loaded at once, or by a second process while an earlier night is scored."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from multiprocessing import get_context

from jobs.errors import BadInput, PipelineError
from jobs.ingest.feeds import ingest_inbox
from jobs.ingest.summary import IngestSummary
from jobs.settings import LIST_FEEDS, Settings
from jobs.storage import Store

NIGHTS_AHEAD = 3
"""How many nights are loaded while one is scored: enough that none waits for a day that is twice as large."""

YIELDING = 10
"""By how much the loading process is nicer than the nights, which somebody waits for."""


@dataclass
class Ingested:
    """What became of the deliveries of one night; refused maps a feed to the reason why nothing of it was loaded."""

    summaries: list[IngestSummary] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def ingest_waiting(settings: Settings, snapshot_date: date) -> Ingested:
    """Load every feed that waits for a day, the lists first.

    A list that cannot be read is reported and left unloaded: the gate then blocks the night for its absence.
    """
    started, store, ingested = time.monotonic(), Store(settings), Ingested()
    for feed in (*LIST_FEEDS, *settings.networks):
        try:
            summary = ingest_inbox(store, feed, snapshot_date)
        except BadInput as error:
            ingested.refused[feed] = str(error)
        else:
            ingested.summaries += [summary] if summary else []
    ingested.seconds = time.monotonic() - started
    return ingested


@contextmanager
def ingest_ahead(settings: Settings, days: Iterable[date]) -> Iterator[Callable[[], Ingested]]:
    """Yield a function that gives the nights' deliveries one after the other, loading NIGHTS_AHEAD of them beforehand.

    Why: ingest writes tables that no later stage writes, so it takes what the nights leave of the processor, as the two
    DAGs do. Rows are read by day: a day that is loaded early is not seen by the nights before it.
    """
    waiting = iter(days)
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=os.nice, initargs=(YIELDING,)) as process:
        loading = deque(process.submit(ingest_waiting, settings, day) for day in islice(waiting, NIGHTS_AHEAD))

        def ingested() -> Ingested:
            try:
                loading.extend(process.submit(ingest_waiting, settings, day) for day in islice(waiting, 1))
                return loading.popleft().result()
            except BrokenProcessPool as broken:
                raise PipelineError("ingest: expected its process to end, it was killed by hand or for lack of memory. "
                                    "Nothing half loaded is seen. Run the night again: what is landed is recognised."
                                    ) from broken

        try:
            yield ingested
        finally:
            process.shutdown(cancel_futures=True)
