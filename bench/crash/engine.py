"""Kill -9 inside nights of the real engine: `candor night` as an operator starts it, at a failpoint or at a time."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench.crash.kills import Tally
from bench.crash.nights import broken_at_the_end, broken_now
from bench.crash.processes import run
from bench.crash.world import NETWORKS, NEXT, CrashWorld
from jobs.door import FAILED
from jobs.failpoints import VARIABLE
from jobs.ledger import newest_release
from jobs.storage import Store

LONGEST_SECONDS = 900.0
"""A night of this world takes some ten seconds of a quiet core; one that takes longer hangs."""

PLACES = ("ingest.parts_written:1", "night.topics_written:1", "storage.frame_written:3", "storage.frame_written:9",
          "night.engagement_written:1", "storage.day_prepared:12", "night.scored:1", "night.audited:1",
          "propose.branch_filled:1", "gate.findings_written:1", "release.ledger_file_named:1", "release.published:1")
"""Where the engine has written something and nothing says so yet, and the steps of a night after it."""

OF_INGEST = ("land.", "ingest.")
"""Places of a process that `candor night` starts: that one dies, and the command says so and fails."""

SECONDS = (3.0, 5.0, 7.0, 9.0)
"""Times after the start, on a quiet core from the engine's own start to the gate; any other moment is as good."""


@dataclass(frozen=True)
class EngineKill:
    """One kill: at a failpoint (`name:nth`), or after some seconds; exactly one of them is given."""

    place: str = ""
    seconds: float = LONGEST_SECONDS

    def __str__(self) -> str:
        """What a problem is reported under."""
        return f"kill at {self.place}" if self.place else f"kill after {self.seconds} s"


def kill_engine_nights(world: CrashWorld, tally: Tally, told: Callable[[str], None]) -> None:
    """Kill one real night at each place and time, verify, and run it again by the same command."""
    for kill in (*(EngineKill(place) for place in PLACES), *(EngineKill(seconds=seconds) for seconds in SECONDS)):
        _killed(world, kill, tally)
        told(f"{kill}: {tally} {tally.problems[:3] or ''}")


def _killed(world: CrashWorld, kill: EngineKill, tally: Tally) -> None:
    world.restore()
    place, _, nth = kill.place.partition(":")
    ended = _night(world, f"{place}:kill:{nth}" if place else "", kill.seconds)
    is_killed = ended == -signal.SIGKILL or (place.startswith(OF_INGEST) and ended == FAILED)
    tally.expect(is_killed or not place, f"{kill}: expected to be killed, exit {ended}")
    if is_killed:
        tally.kills[place or "a time"] += 1
    found = run(broken_now(world))
    tally.expect(found.result == [], f"{kill}: {found.error or found.result}")
    again = _night(world, "", LONGEST_SECONDS)
    tally.reruns += 1
    found = run(lambda: {"digest": newest_release(Store(world.settings), on=NEXT[0]).candidate_digest,
                         "broken": broken_at_the_end(world)()})
    expected = {"digest": world.undisturbed()[NEXT[0]], "broken": []}
    tally.expect((again, found.result) == (0, expected), f"{kill}: rerun exit {again}, {found.error or found.result}")


def _night(world: CrashWorld, failpoint: str, kill_after: float) -> int:
    """`candor night` in a process group of its own; its exit code, -9 when it was killed."""
    environment = {**os.environ, "CANDOR_HOME": str(world.settings.home), "CANDOR_NETWORKS": ",".join(NETWORKS)}
    if failpoint:
        environment[VARIABLE] = failpoint
    command = [sys.executable, "-m", "jobs.cli", "night", "--date", NEXT[0].isoformat()]
    night = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             start_new_session=True)
    try:
        return night.wait(kill_after)
    except subprocess.TimeoutExpired:
        os.killpg(night.pid, signal.SIGKILL)
        return night.wait()
