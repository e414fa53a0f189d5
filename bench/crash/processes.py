"""Processes that are made to die: forked from one that has everything imported, so that a start costs milliseconds.

The process that forks never opens a store, an engine or a connection: threads and locks do not survive a fork.
"""

import ctypes
import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_SECONDS = 120.0
"""A child that takes longer hangs, and is ended; an undisturbed night without the engine takes three."""

LOOK_SECONDS = 0.002

PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: what it returned, or the signal that ended it, or the error that it died of."""

    result: Any = None
    ended_by: int | None = None
    error: str | None = None

    @property
    def was_killed(self) -> bool:
        """Whether it was ended by kill -9."""
        return self.ended_by == signal.SIGKILL


class Child:
    """One forked process that does one piece of work, and tells its result as JSON."""

    def __init__(self, work: Callable[[], Any]):
        """Start it."""
        self._reading, writing = os.pipe()
        parent = os.getpid()
        gc.freeze()  # else a child's first collection copies every page that it shares with its parent
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._reading)
            _end_with(parent)
            _work_and_leave(work, writing)
        os.close(writing)

    def signal(self, number: int) -> None:
        """Send a signal to it and to whatever it started."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def wait_until_stopped(self) -> bool:
        """Wait until it has stopped (SIGSTOP) or ended; whether it has stopped."""
        _, status = os.waitpid(self.pid, os.WUNTRACED)
        return os.WIFSTOPPED(status)

    def ended(self, kill_after: float = LONGEST_SECONDS) -> Ended:
        """Wait for its end, and kill it when it takes longer."""
        said = self._said(time.monotonic() + kill_after)
        _, status = os.waitpid(self.pid, 0)
        os.close(self._reading)
        if os.WIFSIGNALED(status):
            return Ended(ended_by=os.WTERMSIG(status))
        return Ended(**json.loads(said or '{"error": "it said nothing"}'))

    def _said(self, deadline: float) -> str:
        os.set_blocking(self._reading, False)
        said = b""
        while True:
            try:
                part = os.read(self._reading, 1 << 16)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self.signal(signal.SIGKILL)
                time.sleep(LOOK_SECONDS)
                continue
            if not part:
                return said.decode()
            said += part


def run(work: Callable[[], Any], kill_after: float = LONGEST_SECONDS) -> Ended:
    """Do a piece of work in a child, and wait for its end."""
    return Child(work).ended(kill_after)


def _end_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies: a reader would read for ever (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _work_and_leave(work: Callable[[], Any], writing: int) -> None:
    """The whole life of a child; it leaves without running what its parent registered for its own end."""
    os.setpgid(0, 0)
    try:
        outcome = {"result": work()}
    except Exception as error:  # whatever it is, the driver judges it
        outcome = {"error": f"{type(error).__name__}: {error} | {_last_frames(error)}"}
    with os.fdopen(writing, "w") as pipe:
        json.dump(outcome, pipe, default=str)
    sys.stdout.flush()
    os._exit(0)


def _last_frames(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
