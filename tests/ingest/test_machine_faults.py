"""A fault of this machine while a delivery is loaded is no fault of its sender: nothing is recorded, and it loads later."""

import errno
import os
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from jobs import failpoints
from jobs.errors import BadInput, PipelineError
from jobs.failpoints import OnNthPass
from jobs.ingest import redaction
from jobs.ingest.archives import list_members
from jobs.ingest.feeds import ingest_feed
from jobs.ingest.inbox import ingest_waiting
from jobs.ingest.land import DeliveredFile, Landing
from jobs.ingest.list_files import LISTED_ACCOUNT, list_rows, read_manifest
from jobs.ingest.scratch import Keys, open_scratch
from jobs.person_identifiers import PersonIdentifiers

DAY = date(2030, 1, 1)
LINES = "k1 2030-01-01 @ann"
LIST = "network,account_id\ndemo,ann"

BEFORE_THE_COMMIT = [place for place in failpoints.PLACES
                     if place.startswith(("land.", "ingest.")) and place != "ingest.tables_committed"]


@pytest.fixture
def failing():
    """Makes a place fail as the operating system would, once."""

    def at(place: str, number: int) -> None:
        def fail(name: str) -> None:
            raise OSError(number, f"{os.strerror(number)}")

        failpoints.arm(OnNthPass(place, fail))

    yield at
    failpoints.arm(None)


@pytest.fixture
def load(store, network, deliver, deliver_list):
    """Loads one file of a network, or one list."""
    files = {"demo": deliver("a.demo", LINES), "suppression": deliver_list("suppression.csv", LIST)}

    def loaded(feed: str):
        connector = network if feed == "demo" else None
        return ingest_feed(store, feed, [files[feed]], DAY, connector=connector).files[0]

    return loaded


@pytest.mark.parametrize("place", BEFORE_THE_COMMIT)
def test_a_full_disk_is_named_and_the_next_run_loads_the_delivery(load, look, failing, store, place):
    failing(place, errno.ENOSPC)
    with pytest.raises(PipelineError) as raised:
        load("demo")
    assert not isinstance(raised.value, BadInput)
    for said in ("feed demo of 2030-01-01", str(store.settings.home), "No space left on device", "run it again"):
        assert said in str(raised.value)
    assert look("ops__deliveries", "feed") == look("ops__quarantine", "feed") == []
    assert (load("demo").kept, look("core__accounts", "account_id")) == (1, ["ann"])


@pytest.mark.parametrize("number", [errno.EDQUOT, errno.EIO, errno.EACCES], ids=os.strerror)
@pytest.mark.parametrize("feed", ["demo", "suppression"])
def test_so_is_a_quota_a_broken_disk_and_a_folder_without_permission(load, look, failing, feed, number):
    failing("land.bytes_copied", number)
    with pytest.raises(PipelineError, match=os.strerror(number)) as raised:
        load(feed)
    assert not isinstance(raised.value, BadInput)
    assert look("ops__deliveries", "feed") == []
    assert load(feed).kept == 1


def test_a_night_fails_and_does_not_count_the_feed_as_refused(store, deliver_list, failing):
    folder = store.settings.inbox / "suppression" / DAY.isoformat()
    shutil.copytree(deliver_list("suppression.csv", LIST).parent, folder)
    failing("land.bytes_copied", errno.ENOSPC)
    with pytest.raises(PipelineError, match="No space left"):
        ingest_waiting(store.settings, DAY)
    assert ingest_waiting(store.settings, DAY).refused == {}


def test_after_the_commit_what_is_loaded_is_recognised(load, failing):
    failing("ingest.tables_committed", errno.ENOSPC)
    with pytest.raises(PipelineError, match="No space left"):
        load("demo")
    assert load("demo").recognised


def test_a_full_scratch_database_is_this_machines_fault_too(load, look, monkeypatch):
    def full(keys: Keys, key: str) -> bool:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as filling:
        filling.setattr(Keys, "add", full)
        with pytest.raises(PipelineError, match="database or disk is full"):
            load("suppression")
    assert look("ops__deliveries", "feed") == []
    assert load("suppression").kept == 1


def test_a_full_disk_raises_what_is_caught_of_the_scratch_database(tmp_path):
    with open_scratch(tmp_path) as scratch:
        scratch.execute("PRAGMA max_page_count=1")
        with pytest.raises(sqlite3.OperationalError, match="disk is full"):
            Keys(scratch, "keys")


def test_a_delivered_file_that_cannot_be_opened_is_a_bad_delivery(tmp_path):
    with pytest.raises(BadInput, match=r"gone\.demo: cannot be read .*nothing loaded"):
        Landing(tmp_path, "demo", DAY).copy_in(DeliveredFile(tmp_path / "gone.demo", "in/gone.demo"))
    assert list(tmp_path.rglob(".arriving-*")) == []


def test_a_broken_disk_under_a_list_or_its_manifest_is_no_bad_list(deliver_list, monkeypatch):
    path = deliver_list("suppression.csv", LIST)

    def broken(*given, **options):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "open", broken)
    monkeypatch.setattr(Path, "read_text", broken)
    for read in (lambda: read_manifest(path), lambda: list(list_rows(path, LISTED_ACCOUNT))):
        with pytest.raises(OSError, match="Input/output"):
            read()


def test_an_archive_that_cannot_be_packed_again_is_no_bad_delivery(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Users.xml").write_text('<users>\n<row Id="7" DisplayName="ann" />\n</users>\n')
    archive, ann = tmp_path / "site.7z", PersonIdentifiers(
        frozenset({("stackexchange", "7")}), frozenset(), frozenset(), "erased")
    redaction._pack(tmp_path / "in", ["Users.xml"], archive)
    assert list(list_members(archive)) == ["Users.xml"]
    monkeypatch.setattr(redaction.subprocess, "run", _full_while_packing(redaction.subprocess.run))
    with pytest.raises(PipelineError, match=r"could not be packed again .*No space left") as raised:
        redaction.redact(archive, "stackexchange", "site.7z", ann, tmp_path / "without.7z")
    assert not isinstance(raised.value, BadInput)


def _full_while_packing(run):
    return lambda command, **given: (SimpleNamespace(returncode=1, stderr="No space left on device")
                                     if "cf" in command else run(command, **given))
