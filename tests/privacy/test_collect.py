"""Only what nobody reads is collected, a fresh file never, and the store is as sound afterwards."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.comparing.verify import verify
from jobs.privacy import garbage
from jobs.privacy.garbage import collect, collectable, expire_and_collect
from jobs.publish.release import release
from jobs.storage import Store
from tests.verify.conftest import FIRST, SECOND, deliver_list, judge, made_store, proposed_night, released_night

NO_AGE = timedelta(0)
THIRD = SECOND + timedelta(days=1)


@pytest.fixture
def store(tmp_path) -> Store:
    """Two released nights, one leftover of a killed run from last week, and one file that a run writes now."""
    store = made_store(tmp_path)
    for name, days in (("old", 7), ("fresh", 0)):
        path = store.fresh_folder("pub__scores") / f"{name}.parquet"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"PAR1")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    return store


def test_the_leftover_goes_the_fresh_file_stays_and_a_second_call_finds_nothing(store):
    assert [path.rsplit("/", 1)[1] for path in collectable(store).files] == ["old.parquet"]
    assert [path.rsplit("/", 1)[1] for path in collect(store).files] == ["old.parquet"]
    assert collect(store).files == []
    assert len(list(store.settings.warehouse.rglob("fresh.parquet"))) == 1


@pytest.fixture
def frames(store) -> Callable[..., Path]:
    """Writes intermediate frames of a process, each so many days ago."""

    def written(process: str, *days_ago: float) -> Path:
        folder = store.settings.home / "scratch" / "frames" / process
        for number, days in enumerate(days_ago):
            path = folder / str(number) / "part.parquet"
            path.parent.mkdir(parents=True)
            path.write_bytes(b"PAR1")
            for each in (path, path.parent, folder):
                os.utime(each, (time.time() - days * 86_400,) * 2)
        return folder

    return written


def test_frames_of_a_killed_process_go_as_a_whole_and_those_of_one_at_work_stay(store, frames):
    """A process that wrote anything in the last day may be reading what it wrote before."""
    killed, at_work = frames("killed", 3, 2), frames("at_work", 3, 0)
    assert sorted(path for path in collectable(store).files if "frames" in path) == [
        "scratch/frames/killed/0/part.parquet", "scratch/frames/killed/1/part.parquet"]
    collect(store)
    assert (killed.exists(), len(list(at_work.rglob("*.parquet")))) == (False, 2)


def test_frames_are_listed_once_so_that_what_is_removed_was_told(store, frames, monkeypatch):
    folder, given_up, lists = frames("killed", 3), garbage._given_up_frames, []
    monkeypatch.setattr(garbage, "_given_up_frames", lambda *given: lists.append(given_up(*given)) or lists[-1])
    collect(store)
    assert lists == [[folder]]


def test_whatever_is_collected_and_expired_the_store_verifies(store):
    before = len(verify(store))
    done = expire_and_collect(store, NO_AGE)
    assert done.expired_snapshot_count > 0
    assert expire_and_collect(store, NO_AGE).expired_snapshot_count == 0
    outcomes = verify(Store(store.settings))
    assert [one for one in outcomes if not one.holds] == []
    assert len(outcomes) == before


@pytest.mark.parametrize("night", [THIRD, SECOND], ids=["a new night", "a released night once more"])
def test_a_candidate_that_waits_for_its_approvers_keeps_what_it_was_made_from(store, tmp_path, night):
    """A release freezes the snapshots of its inputs: collected before it is approved, it could never be replayed.

    A released night is replaced in two steps, and publishing follows both back to what main is.
    """
    waiting = proposed_night(store, night, "mailinglist:ann")
    deliver_list(store, tmp_path, THIRD, "max")
    proposed_night(store, FIRST, "mailinglist:cat")
    expire_and_collect(store, NO_AGE)
    judge(store, waiting, "pass")
    assert release(Store(store.settings), waiting).release_number == 3
    frozen = {name: number for name, number in waiting.table_snapshots.items()
              if Store(store.settings).iceberg(name).snapshot_by_id(number) is None}
    assert frozen == {}


def test_a_candidate_that_says_what_an_older_release_said_waits_like_another(store):
    """Found by the machine of bench/crash: what is released once more is built on what was released since."""
    released_night(store, SECOND, "mailinglist:cat")
    waiting = proposed_night(store, SECOND, "mailinglist:ann", "mailinglist:bob")
    proposed_night(store, FIRST, "mailinglist:cat")
    expire_and_collect(store, NO_AGE)
    assert release(Store(store.settings), waiting).release_number == 4
