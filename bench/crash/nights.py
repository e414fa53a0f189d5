"""What a child of the bench does: a night, a look at the store, a read."""

from collections import Counter
from collections.abc import Callable
from datetime import date

from bench.crash.world import CrashWorld, computed_nights
from jobs import failpoints
from jobs.comparing.verify import verify
from jobs.ledger import newest_release
from jobs.nights import night
from jobs.storage import Store

UNFINISHED = ("every_night_has_one_state", "refused_rows_are_in_quarantine")
"""What a killed run may leave open until it is run again. Every other invariant holds at every moment."""


def a_night(world: CrashWorld, day: date, passing: failpoints.Passing | None = None) -> Callable[[], dict]:
    """Run a night as `candor night` does, with what the engine wrote when it was computed."""

    def work() -> dict:
        failpoints.arm(passing)
        with computed_nights(world):
            result = night.run_night(None, Store(world.settings), day, lambda stage: None)
        released = newest_release(Store(world.settings), on=day)
        return {"verdict": result.verdict, "release_number": result.release_number, "blocked_by": result.blocked_by,
                "digest": released.candidate_digest if released else None}

    return work


def places_passed(world: CrashWorld, day: date) -> Callable[[], dict[str, int]]:
    """Run a night undisturbed; how often it passed each failpoint."""

    def work() -> dict[str, int]:
        passed: list[str] = []
        a_night(world, day, passed.append)()
        return dict(Counter(passed))

    return work


def broken_now(world: CrashWorld) -> Callable[[], list[str]]:
    """Verify the store; what does not hold, without what a rerun completes."""

    def work() -> list[str]:
        return [f"{one.check} {one.subject}: expected {one.expected}, found {one.found}"
                for one in verify(Store(world.settings)) if not one.holds and one.check not in UNFINISHED]

    return work


def broken_at_the_end(world: CrashWorld) -> Callable[[], list[str]]:
    """Verify the store after a rerun: every check holds."""

    def work() -> list[str]:
        return [f"{one.check} {one.subject}: expected {one.expected}, found {one.found}"
                for one in verify(Store(world.settings)) if not one.holds]

    return work
