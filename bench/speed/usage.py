"""Wall time, processor time and peak memory of this process and its children."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

import psutil

SAMPLE_SECONDS = 0.1
"""Short against a stage, long against the cost of one sample (a few milliseconds)."""

MEGABYTE = 1 << 20

ENDED = SimpleNamespace(rss=0, user=0.0, system=0.0)
"""What a process uses that ended while it was looked for."""


@dataclass
class Steps:
    """Wall and processor seconds of named steps, in the order in which they ran.

    Processor time is what to compare on a machine that others use too.
    """

    wall: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what runs inside."""
        started, used = time.monotonic(), processor_seconds()
        yield
        self.wall[name], self.processor[name] = time.monotonic() - started, processor_seconds() - used


@dataclass
class MemoryWatch:
    """Samples resident memory between enter and exit, in MB; pages shared by processes count in each of them.

    root: the process that is watched with its children, this one unless another is given.
    """

    root: psutil.Process = field(default_factory=psutil.Process)
    samples: list[tuple[datetime, float]] = field(default_factory=list)

    def __enter__(self) -> "MemoryWatch":
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._thread.join()

    def peak(self, first: datetime | None = None, last: datetime | None = None) -> float:
        """The highest sample between two times, both included; without a sample in between, of all samples."""
        within = [size for at, size in self.samples if (not first or at >= first) and (not last or at <= last)]
        return max(within or [size for _, size in self.samples], default=0.0)

    def _watch(self) -> None:
        while not self._ended.is_set():
            self.samples.append((datetime.now(UTC), _resident_megabytes(self.root)))
            self._ended.wait(SAMPLE_SECONDS)


def processor_seconds() -> float:
    """Seconds that the processors have spent on this process and its living children."""
    times = [_asked(process.cpu_times) for process in _family(psutil.Process())]
    return sum(spent.user + spent.system for spent in times)


def _resident_megabytes(root: psutil.Process) -> float:
    return sum(_asked(process.memory_info).rss for process in _family(root)) / MEGABYTE


def _family(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _asked(question: Callable[[], SimpleNamespace]) -> SimpleNamespace:
    try:
        return question()
    except psutil.NoSuchProcess:
        return ENDED
