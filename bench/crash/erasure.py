"""A person is forgotten, and the command dies at each place that it passes: the same command again finishes it.

python -m bench.crash.erasure FOLDER
"""

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import typer

from bench.crash import made
from bench.crash.processes import run
from bench.crash.traces import holding
from jobs import failpoints
from jobs.comparing.verify import verify
from jobs.erasure_requests import requested
from jobs.events import events
from jobs.failpoints import ACTIONS, OnNthPass
from jobs.forgetting.forget import forget, leave_out
from jobs.ingest.feeds import ingest_feed
from jobs.publish.candidate import propose
from jobs.publish.release import release
from jobs.settings import Settings
from jobs.storage import Store

DAY, WAITING_DAY = date(2030, 1, 1), date(2030, 1, 2)
PERSON, FIRST_ACCOUNT, SECOND_ACCOUNT = "zq7x-person", "zq7x-first", "zq7x-second"
CANARY = "zq7x-"
ACCOUNT, REQUEST = f"mailinglist:{FIRST_ACCOUNT}", "request"
WANTED = (ACCOUNT, PERSON, REQUEST)
"""What the command is given: after the tables are written anew, no table says that they are the same person."""

SMALL_SET = ("forget.landed_anew", "forget.proof_written", "catalog.committed", "forget.file_removed",
             "forget.manifest_corrected", "forget.requests_closed")

LISTS = {"suppression": ("network,account_id", "mailinglist,zoe-00009"),
         "minors": ("network,account_id", f"mailinglist,{SECOND_ACCOUNT}", "mailinglist,zoe-00009"),
         "identity": ("network,account_id,person_id,link_source,declared_date",
                      *(f"mailinglist,{one},{PERSON},form,2029-01-01" for one in (FIRST_ACCOUNT, SECOND_ACCOUNT)),
                      "mailinglist,ann-00001,ann,form,2029-01-01")}


def live(store: Store) -> None:
    """A released night with the person under two accounts; a list that waits, and a log, name the second one alone."""
    for feed in ("suppression", "identity"):
        ingest_feed(store, feed, [_deliver(store, feed, DAY)], DAY)
    made.stage(store, DAY, [PERSON, "ann"])
    candidate = propose(store, DAY)
    made.judge(store, candidate, "pass")
    release(store, candidate)
    _deliver(store, "minors", WAITING_DAY)
    leave_out(store, PERSON)
    log = store.settings.home / "airflow" / "logs" / "run.log"
    log.parent.mkdir(parents=True)
    log.write_text(f"a line about mailinglist:{SECOND_ACCOUNT}, and one about mailinglist:ann-00001\n")


def places_passed(folder: Path) -> dict[str, int]:
    """How often an erasure passes each place, undisturbed."""

    def work() -> dict[str, int]:
        passed: list[str] = []
        failpoints.arm(passed.append)
        _forget(_store(folder), ACCOUNT)
        return dict(Counter(passed))

    _restore(folder)
    return run(work).result


def killed_at(folder: Path, place: str, nth: int, wanted: str) -> Iterator[str]:
    """Kill an erasure at a place, run it once more, and look; what is wrong, in words."""
    _restore(folder)
    case = f"{place} at its passing {nth}"
    if not run(_killed(folder, OnNthPass(place, ACTIONS["kill"], nth), wanted)).was_killed:
        yield f"{case}: not killed"
    ended = run(_completed(folder, wanted))
    yield from (f"{case}: {what}" for what in ([ended.error] if ended.error else ended.result))


def outcome(folder: Path, aims: Callable[[dict[str, int]], list[tuple[str, int]]]) -> dict:
    """Kill at all aims, by account, by declared person and by request in turn; what was aimed at, passed, and wrong."""
    made_well = run(lambda: live(_store(folder)))
    shutil.copytree(folder / "store", folder / "template")
    passed = places_passed(folder)
    found = aims(passed)
    wrong = [what for number, (place, nth) in enumerate(found)
             for what in killed_at(folder, place, nth, WANTED[number % len(WANTED)])]
    broken = [*filter(None, [made_well.error]), *wrong]
    return {"aims": found, "passed": sorted(passed), "broken": broken}


def small_set(passed: dict[str, int]) -> list[tuple[str, int]]:
    """A kill in each part of an erasure: before its commit, at once after it, and in what it removes and puts right."""
    return [(place, 1) for place in passed if place in SMALL_SET]


def every_passing(passed: dict[str, int]) -> list[tuple[str, int]]:
    """Every place, at each of its passings."""
    return [(place, nth) for place, count in passed.items() for nth in range(1, count + 1)]


def _store(folder: Path) -> Store:
    return Store(Settings(home=folder / "store", networks=("mailinglist",)))


def _restore(folder: Path) -> None:
    shutil.rmtree(folder / "store", ignore_errors=True)
    shutil.copytree(folder / "template", folder / "store")


def _deliver(store: Store, feed: str, day: date) -> Path:
    header, *lines = LISTS[feed]
    path = store.settings.inbox / feed / day.isoformat() / f"{feed}.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([header, *lines, ""]))
    facts = {"rows": len(lines), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(facts))
    return path


def _forget(store: Store, wanted: str) -> list[str]:
    """As `candor forget ID --at-once` does it, or `--request NAME`; what was left."""
    if wanted == REQUEST:
        wanted = requested(store.settings.home, _request_of(store))
    leave_out(store, wanted)
    return forget(store, wanted, "ann").left


def _request_of(store: Store) -> str:
    """The name that the operator has, whatever became of the request meanwhile."""
    return next((store.settings.home.parent / "template" / "keys" / "requests").glob("request-*")).name


def _killed(folder: Path, passing: failpoints.Passing, wanted: str) -> Callable[[], list[str]]:
    def work() -> list[str]:
        failpoints.arm(passing)
        return _forget(_store(folder), wanted)

    return work


def _completed(folder: Path, wanted: str) -> Callable[[], list[str]]:
    """The same command again; what does not hold afterwards."""

    def work() -> list[str]:
        store = _store(folder)
        left = _forget(store, wanted)
        told = [event.event_type for event in events(store)].count("person_erased")
        waiting = [path.name for path in (store.settings.home / "keys").rglob("*-*") if path.is_file()]
        return [
            *(f"left {path}" for path in left),
            *(f"names the person: {path}" for path in holding(store.settings.home, CANARY)),
            *(f"{one.check} {one.subject}: {one.found}" for one in verify(store) if not one.holds),
            *([f"{told} events tell of one erasure"] if told != 1 else []),
            *(f"still waits: {name}" for name in waiting),
            *_disagreeing_list(store),
        ]

    return work


def _disagreeing_list(store: Store) -> Iterator[str]:
    """The list that waits says what its manifest says: else the next night would refuse it."""
    try:
        loaded = ingest_feed(store, "minors", [store.settings.inbox / "minors" / WAITING_DAY.isoformat()], WAITING_DAY)
    except Exception as error:  # whatever it is, the list is not loaded
        yield f"the list that waits is refused: {error}"
    else:
        if [file.kept for file in loaded.files] != [1]:
            yield f"the list that waits: expected one row kept, got {loaded.to_json()}"


def main(folder: Path) -> None:
    """Print the outcome of the small set, run in an empty folder, as one JSON object."""
    typer.echo(json.dumps(outcome(folder, small_set)))


if __name__ == "__main__":
    typer.run(main)
