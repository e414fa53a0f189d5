"""Kill -9 at every failpoint and at random times, again and again, while readers read; then run the night once more."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from bench.crash.nights import a_night, broken_at_the_end, broken_now, places_passed
from bench.crash.processes import Child, Ended, run
from bench.crash.reads import read_until_told
from bench.crash.world import NEXT, CrashWorld
from jobs.errors import PipelineError
from jobs.failpoints import ACTIONS, OnNthPass

KILLS_IN_A_ROW = 8
"""Starts of one night that are killed before it may end: reruns of reruns are killed too."""

FIRST_SECONDS, LAST_SECONDS = 0.01, 2.5
"""Random kills fall between a night's first act and, on a quiet core, a little after its last."""


@dataclass
class Tally:
    """What became of all that was done to the store."""

    kills: Counter = field(default_factory=Counter)
    random_kills: int = 0
    reruns: int = 0
    reads: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def kill_count(self) -> int:
        """Kills at failpoints and at random times."""
        return self.kills.total() + self.random_kills

    def __str__(self) -> str:
        """How far it is, in one line: what a run that is broken off has shown."""
        return (f"{self.kill_count} kills, {self.random_kills} of them at random times and the others at "
                f"{len(self.kills)} places; {self.reruns} reruns, {self.reads} reads, {len(self.problems)} problems")

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note a problem unless something holds."""
        if not holds:
            self.problems.append(otherwise)


@dataclass(frozen=True)
class Aim:
    """One kill: at the nth passing of a failpoint, or after some seconds."""

    place: str
    nth: int = 1
    seconds: float = 0.0

    def start(self, world: CrashWorld, day: date) -> Ended:
        """Start the night and have it killed; a night that ends first is not killed, and is a rerun."""
        if self.place:
            return run(a_night(world, day, OnNthPass(self.place, ACTIONS["kill"], self.nth)))
        return run(a_night(world, day), kill_after=self.seconds)


def every_place(world: CrashWorld) -> list[Aim]:
    """One aim for each failpoint that a night passes, at its first and at its middle passing."""
    world.restore()
    ended = run(places_passed(world, NEXT[0]))
    if ended.result is None:
        raise PipelineError(f"an undisturbed night of the crash world: expected its end, got {ended}")
    return [Aim(place, nth) for place, count in ended.result.items() for nth in sorted({1, count // 2 + 1})]


def random_aims(seed: int, places: list[Aim]) -> Iterator[Aim]:
    """Aims without end: every other one at a place, every other one at a time."""
    drawn = random.Random(seed)
    while True:
        yield drawn.choice(places)
        yield Aim("", seconds=drawn.uniform(FIRST_SECONDS, LAST_SECONDS))


def kill_alone(world: CrashWorld, aims: list[Aim], tally: Tally, told: Callable[[str], None]) -> None:
    """Kill a first run once at each aim, verify, and run it again: who dies alone is found alone."""
    for aim in aims:
        killed_row(world, [aim], tally)
        told(f"alone at {aim.place} {aim.nth}: {tally}")


def kill_many(
    world: CrashWorld, seed: int, kills: int, reads: int, tally: Tally, told: Callable[[str], None]
) -> None:
    """Kill at places and at times, several in a row on the same store, until there were enough kills and reads."""
    places = every_place(world)
    aims = random_aims(seed, places)
    while tally.kill_count < kills or tally.reads < reads:
        killed_row(world, [next(aims) for _ in range(KILLS_IN_A_ROW)], tally)
        told(f"{tally} {tally.problems[:3] or ''}")


def killed_row(world: CrashWorld, aims: list[Aim], tally: Tally) -> None:
    """Kill one night at each aim in turn while a reader reads; verify after each; then run it to its end."""
    world.restore()
    reader = Child(lambda: read_until_told(world.settings))
    for aim in aims:
        _killed(world, aim, tally)
    _completed(world, tally, aims)
    _stop_reading(reader, tally)


def _killed(world: CrashWorld, aim: Aim, tally: Tally) -> None:
    ended = aim.start(world, NEXT[0])
    if not ended.was_killed:
        tally.reruns += 1
        tally.expect(ended.error is None, f"{aim}: expected a kill or an end, got {ended.error}")
        return
    if aim.place:
        tally.kills[aim.place] += 1
    else:
        tally.random_kills += 1
    found = run(broken_now(world))
    tally.expect(found.result == [], f"{aim}: after the kill {found.error or found.result}")


def _completed(world: CrashWorld, tally: Tally, aims: list[Aim]) -> None:
    ended = run(a_night(world, NEXT[0]))
    tally.reruns += 1
    digest = world.undisturbed()[NEXT[0]]
    completed = ended.error is None and (ended.result["digest"], ended.result["release_number"]) == (digest, 3)
    tally.expect(completed, f"{aims}: rerun gave {ended.error or ended.result}, expected release 3, digest {digest}")
    found = run(broken_at_the_end(world))
    tally.expect(found.result == [], f"{aims}: after the rerun {found.error or found.result}")


def _stop_reading(reader: Child, tally: Tally) -> None:
    reader.signal(15)
    ended = reader.ended()
    tally.expect(ended.error is None and ended.ended_by is None, f"the reader ended with {ended}")
    if ended.result:
        tally.reads += ended.result["reads"]
        tally.problems += ended.result["problems"]
