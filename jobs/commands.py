"""The command line of each stage, and one way to run it: a process of its own, judged by its exit code."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent

GRACE_SECONDS = 20.0
"""What a stage gets to end itself after a request; a session on either engine stops within 10."""

APPLICATIONS = {"jobs.nights.nightly": PROJECT / "jobs" / "nights" / "nightly.py"}
"""Stages that hold a Spark session for their whole life, and the file that spark-submit is given."""


def stage_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a stage module under this interpreter."""
    return [sys.executable, "-m", module, *arguments]


def ingest_arguments(feed: str, snapshot_date: str) -> list[str]:
    """What `jobs.ingest` is given for one feed of one day."""
    return ["--feed", feed, *night_arguments(snapshot_date)]


def night_arguments(snapshot_date: str) -> list[str]:
    """What every other stage is given: the night, explicitly."""
    return ["--snapshot-date", snapshot_date]


def nights_arguments(from_date: str, to_date: str) -> list[str]:
    """What the `candor` command is given to run several nights in order."""
    return ["night", "--from", from_date, "--to", to_date]


GO = "go\n"
"""What a process on standby waits for; without it, as when its parent died, it ends."""


@dataclass
class StageProcess:
    """A stage that runs as a process group of its own, so that ending it ends whatever it started.

    environment is laid over that of the caller.
    """

    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the process; one that reads a line first waits for run() to say GO."""
        self._process = subprocess.Popen(
            list(self.command), cwd=PROJECT, env={**os.environ, **self.environment}, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )

    def go(self) -> None:
        """Let a process that waits for it go on; one that has ended is left alone."""
        with suppress(BrokenPipeError):
            self._process.stdin.write(GO)
            self._process.stdin.flush()

    def run(self, on_line: Callable[[str], None] = print) -> int:
        """Run to the end, pass on each line of output, and return the exit code."""
        if self._process is None:
            self.start()
        with suppress(BrokenPipeError), self._process.stdin:
            self._process.stdin.write(GO)
        return self.follow(on_line)

    def follow(self, on_line: Callable[[str], None]) -> int:
        """Pass on each line of output to the end, and return the exit code."""
        try:
            for line in self._process.stdout:
                on_line(line.rstrip("\n"))
            return self._process.wait()
        finally:
            self.end()

    def end(self) -> None:
        """Ask the process group to end, and end it after a grace; nothing happens when it is already over."""
        if self._process is None or self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
