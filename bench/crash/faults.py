"""Faults that are no kill: failing writes, a full disk, lost permissions, zombies, runs at once, odd deliveries."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bench.crash.kills import Tally, every_place
from bench.crash.nights import a_night, broken_at_the_end, broken_now
from bench.crash.processes import Child, Ended, run
from bench.crash.reads import read_until_told
from bench.crash.world import LIVED, NEXT, CrashWorld
from jobs.failpoints import ACTIONS, OnNthPass

SIGCONT, SIGTERM = 18, 15

SENTENCES = ("CommitConflict", "NightBlocked", "MissingInput", "BadInput", "PipelineError")
"""Errors that say what to do next; a run that loses to another one ends with one of these."""

SPARE_BYTES = range(200_000, 3_000_001, 350_000)
"""Free bytes that a night is given on a small disk; it writes some 2 MB."""

LARGE_DISK = "200m"
NOBODY = 65534

LATEST_START_SECONDS = 1.5
ROUNDS_AT_ONCE = 20


def failing_writes(world: CrashWorld, action: str, tally: Tally) -> int:
    """Have each failpoint fail as the operating system would; the number of cases."""
    aims = every_place(world)
    for aim in aims:
        with lived(world, f"{action} at {aim.place} {aim.nth}", tally):
            ended = run(a_night(world, NEXT[0], OnNthPass(aim.place, ACTIONS[action], aim.nth)))
            tally.expect(ended.ended_by is None, f"{action} at {aim.place}: ended by signal {ended.ended_by}")
    return len(aims)


@contextmanager
def lived(world: CrashWorld, case: str, tally: Tally, nights: tuple[date, ...] = NEXT[:1]) -> Iterator[None]:
    """Put the store back, let a reader read during a case, verify after it, and run its nights to their ends."""
    world.restore()
    reader = Child(lambda: read_until_told(world.settings))
    yield
    found = run(broken_now(world))
    tally.expect(found.result == [], f"{case}: {found.error or found.result}")
    complete(world, case, tally, nights)
    reader.signal(SIGTERM)
    said = reader.ended().result or {"reads": 0, "problems": ["the reader died"]}
    tally.reads += said["reads"]
    tally.problems += [f"{case}: {problem}" for problem in said["problems"]]


def complete(world: CrashWorld, case: str, tally: Tally, nights: tuple[date, ...]) -> None:
    """Run nights plainly; each has the digest of an undisturbed run, and then everything holds."""
    for day in nights:
        ended = run(a_night(world, day))
        tally.reruns += 1
        digest = ended.result["digest"] if ended.result else None
        tally.expect(digest == world.undisturbed()[day], f"{case}: rerun of {day} gave {ended.error or ended.result}")
    found = run(broken_at_the_end(world))
    tally.expect(found.result == [], f"{case}: after the rerun {found.error or found.result}")


def zombies(world: CrashWorld, tally: Tally) -> int:
    """Stop a night at each failpoint, let another attempt and the next night run, and wake it; the number of cases."""
    aims = [aim for aim in every_place(world) if aim.nth == 1]
    for aim in aims:
        with lived(world, f"zombie at {aim.place}", tally, NEXT):
            zombie = Child(a_night(world, NEXT[0], OnNthPass(aim.place, ACTIONS["stop"])))
            zombie.wait_until_stopped()
            others = [run(a_night(world, day)) for day in NEXT]
            zombie.signal(SIGCONT)
            for ended in (*others, zombie.ended()):
                expect_sentence(ended, f"zombie at {aim.place}", tally)
    return len(aims)


def at_once(world: CrashWorld, rounds: int, seed: int, tally: Tally) -> int:
    """Two nights, a second attempt of one, and a backfill of a released night with a late file, all at once."""
    drawn = random.Random(seed)
    for number in range(rounds):
        with lived(world, f"at once {number}", tally, (*NEXT, LIVED[0])):
            deliver_late(world, LIVED[0])
            starts = [(day, drawn.uniform(0, LATEST_START_SECONDS)) for day in (*NEXT, NEXT[0], LIVED[0])]
            children = [Child(_later(seconds, a_night(world, day))) for day, seconds in starts]
            for child in children:
                expect_sentence(child.ended(), f"at once {number}", tally)
    return rounds


def odd_deliveries(world: CrashWorld, tally: Tally) -> int:
    """The same files again under other names, and a late file after the next night was released."""
    with lived(world, "delivered twice", tally):
        run(a_night(world, NEXT[0]))
        deliver_again(world, NEXT[0])
        again = run(a_night(world, NEXT[0])).result or {}
        tally.expect(again.get("release_number") == 3, f"delivered twice: {again}, expected release 3 and no other")
    with lived(world, "delivered late", tally, NEXT):
        for day in NEXT:
            run(a_night(world, day))
        deliver_late(world, NEXT[0])
        late = run(a_night(world, NEXT[0])).result or {}
        tally.expect(late.get("release_number") == 5, f"delivered late: {late}, expected the restatement, release 5")
    return 2


def small_disk(world: CrashWorld, tally: Tally) -> int:
    """Run nights on a file system that fills up at another place each time; 0 cases where none may be mounted."""
    for spare in SPARE_BYTES:
        if not _mounted(world):
            return 0
        try:
            _on_a_small_disk(world, spare, f"disk full after {spare} bytes", tally)
        finally:
            subprocess.run(["umount", world.settings.home], check=True)
    return len(SPARE_BYTES)


def _on_a_small_disk(world: CrashWorld, spare: int, case: str, tally: Tally) -> None:
    """Fill up the disk under a night, make it larger, and run the night again."""
    home = world.settings.home
    shutil.copytree(world.template, home, dirs_exist_ok=True)
    subprocess.run(["mount", "-o", f"remount,size={shutil.disk_usage(home).used + spare}", home], check=True)
    ended = run(a_night(world, NEXT[0]))
    tally.expect(ended.ended_by is None, f"{case}: ended by signal {ended.ended_by}")
    subprocess.run(["mount", "-o", f"remount,size={LARGE_DISK}", home], check=True)
    found = run(broken_now(world))
    tally.expect(found.result == [], f"{case}: {found.error or found.result}")
    complete(world, case, tally, NEXT[:1])


def lost_permissions(world: CrashWorld, tally: Tally) -> int:
    """Take the right to write from one folder after the other, and run the night as an ordinary user."""
    folders = ("landed/mailinglist", "scratch", "warehouse/core", "warehouse/staged", "warehouse/gate", "warehouse/pub",
               ".")
    for folder in folders:
        with lived(world, f"no permission on {folder}", tally):
            place = world.settings.home / folder
            with _read_only(world, place):
                ended = run(_as_nobody(a_night(world, NEXT[0])))
            tally.expect(ended.ended_by is None, f"no permission on {folder}: ended by {ended.ended_by}")
    return len(folders)


def deliver_again(world: CrashWorld, day: date) -> None:
    """Put a copy of each delivered file of a network beside it, under another name."""
    for file in sorted((world.settings.inbox / "mailinglist" / day.isoformat()).rglob("*.gz")):
        shutil.copy(file, file.with_name(f"again-{file.name}"))


def deliver_late(world: CrashWorld, day: date) -> None:
    """Put the next day's files into a day's inbox as well: none of their rows is of the day, but the bytes are new."""
    source = world.settings.inbox / "mailinglist" / NEXT[-1].isoformat()
    for file in sorted(source.rglob("*.gz")):
        target = world.settings.inbox / "mailinglist" / day.isoformat() / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target.with_name(f"late-{target.name}"))


def expect_sentence(ended: Ended, case: str, tally: Tally) -> None:
    """A run that lost to another one says so in a sentence, and does not die of what its libraries raise."""
    said = (ended.error or "").partition(":")[0]
    tally.expect(not said or said in SENTENCES, f"{case}: {ended.error}")


def _later(seconds: float, work: Callable[[], dict]) -> Callable[[], dict]:
    def waiting() -> dict:
        time.sleep(seconds)
        return work()

    return waiting


def _mounted(world: CrashWorld) -> bool:
    shutil.rmtree(world.settings.home, ignore_errors=True)
    world.settings.home.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={LARGE_DISK}", "tmpfs", world.settings.home]
    return os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0


@contextmanager
def _read_only(world: CrashWorld, place: Path) -> Iterator[None]:
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", str(NOBODY), world.settings.home], check=True)
    subprocess.run(["chmod", "-R", "a-w", place], check=True)
    yield
    subprocess.run(["chmod", "-R", "u+w", place], check=True)


def _as_nobody(work: Callable[[], dict]) -> Callable[[], dict]:
    def lowered() -> dict:
        if os.geteuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return work()

    return lowered


CASES: dict[str, Callable[[CrashWorld, int, Tally], int]] = {
    "no space at a failpoint": lambda world, seed, tally: failing_writes(world, "enospc", tally),
    "no permission at a failpoint": lambda world, seed, tally: failing_writes(world, "eacces", tally),
    "full disk": lambda world, seed, tally: small_disk(world, tally),
    "lost permissions": lambda world, seed, tally: lost_permissions(world, tally),
    "zombies": lambda world, seed, tally: zombies(world, tally),
    "at once": lambda world, seed, tally: at_once(world, ROUNDS_AT_ONCE, seed, tally),
    "odd deliveries": lambda world, seed, tally: odd_deliveries(world, tally),
}
"""Every fault by name; each gives its number of cases."""
