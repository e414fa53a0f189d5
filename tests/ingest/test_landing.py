"""Files are kept byte for byte, recognised when they come again, and never half there."""

import json
from datetime import date
from hashlib import sha256
from itertools import islice

import pytest

from jobs.comparing.verify import verify
from jobs.errors import BadInput, CommitConflict, MissingInput
from jobs.ingest.feeds import ingest_feed, ingest_inbox
from jobs.ingest.land import Landing, delivered_files, only_load

DAY = date(2030, 1, 1)
NEXT_DAY = date(2030, 1, 2)


def landed_names(store):
    root = store.settings.home / "landed"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_file_lands_byte_for_byte_below_its_feed_day_and_checksum(store, network, deliver):
    file = deliver("a.demo", "k1 2030-01-01 @ann")
    ingest_feed(store, "demo", [file], DAY, connector=network)
    digest = sha256(file.read_bytes()).hexdigest()
    landed = store.settings.home / "landed/demo/2030-01-01" / digest[:16] / "deliveries" / "a.demo"
    assert landed.read_bytes() == file.read_bytes()


def test_the_manifest_beside_a_landed_file_says_what_it_is(store, network, deliver):
    file = deliver("a.demo", "k1 2030-01-01 @ann\n~other")
    ingest_feed(store, "demo", [file], DAY, connector=network)
    digest = sha256(file.read_bytes()).hexdigest()
    manifest = store.settings.home / "landed/demo/2030-01-01" / digest[:16] / "manifest.json"
    assert json.loads(manifest.read_text()) == {
        "feed": "demo",
        "date": "2030-01-01",
        "file": "deliveries/a.demo",
        "bytes": file.stat().st_size,
        "sha256": digest,
        "rows": 2,
    }


def test_members_of_a_folder_keep_their_relative_names(store, network, deliver):
    folder = deliver("lists/r-demo/jan.demo", "k1 2030-01-01 @ann").parents[1]
    summary = ingest_feed(store, "demo", [folder], None, connector=network)
    assert summary.files[0].file_name == "r-demo/jan.demo"
    assert any(name.startswith("demo/all/") and name.endswith("/r-demo/jan.demo") for name in landed_names(store))


def test_the_same_bytes_again_are_recognised_and_load_nothing(store, network, deliver, look):
    file = deliver("a.demo", "k1 2030-01-01 @ann\n!missing_id")
    first = ingest_feed(store, "demo", [file], DAY, connector=network).files[0]
    again = ingest_feed(store, "demo", [file], DAY, connector=network).files[0]
    assert (first.recognised, again.recognised) == (False, True)
    assert (again.row_count, again.kept, again.quarantined) == (2, 1, 1)
    assert look("core__accounts", "account_id") == ["ann"]
    assert look("ops__deliveries", "file_name") == ["deliveries/a.demo"]


def test_the_same_bytes_under_another_name_are_recognised(store, network, deliver):
    text = "k1 2030-01-01 @ann"
    files = [deliver("a.demo", text), deliver("b.demo", text)]
    summary = ingest_feed(store, "demo", files, DAY, connector=network)
    assert [(file.file_name, file.recognised) for file in summary.files] == [("deliveries/a.demo", False), ("deliveries/b.demo", True)]


def test_the_same_bytes_for_another_day_are_a_new_delivery(store, network, deliver, look):
    file = deliver("a.demo", "k1 2030-01-01 @ann\nk2 2030-01-02 @bob")
    for day in (DAY, NEXT_DAY):
        assert not ingest_feed(store, "demo", [file], day, connector=network).files[0].recognised
    assert look("core__accounts", "snapshot_date account_id") == ["2030-01-01 ann", "2030-01-02 bob"]


def test_bytes_loaded_for_all_days_hold_nothing_new_for_one(store, network, deliver):
    file = deliver("a.demo", "k1 2030-01-01 @ann")
    ingest_feed(store, "demo", [file], None, connector=network)
    assert ingest_feed(store, "demo", [file], DAY, connector=network).files[0].recognised


@pytest.mark.parametrize("scope", [DAY, None])
def test_bytes_that_were_refused_are_read_again_when_they_come_again(store, network, deliver, look, scope):
    """The refusal may have been this machine's fault; otherwise these bytes could never be loaded."""
    def full_disk(path, file_name):
        yield from islice(read_rows(path, file_name), 2)
        raise BadInput("expected a whole archive; no space left")

    read_rows, network.read_rows = network.read_rows, full_disk
    file = deliver("a.demo", "k1 2030-01-01 @ann\n!missing_id\nk2 2030-01-01 @bob\n!missing_id")
    for _ in range(2):
        refused = ingest_feed(store, "demo", [file], scope, connector=network).files[0]
        assert (refused.is_complete, refused.recognised, refused.quarantined) == (False, False, 2)
    network.read_rows = read_rows
    whole = ingest_feed(store, "demo", [file], scope, connector=network).files[0]
    assert (whole.is_complete, whole.recognised, whole.kept) == (True, False, 1)
    assert ingest_feed(store, "demo", [file], scope, connector=network).files[0].recognised
    assert look("core__accounts", "account_id") == ["ann", "bob"]
    assert look("ops__deliveries", "is_complete row_count kept_row_count") == ["False 3 1", "True 4 1"]
    assert look("ops__quarantine", "row_number reason_code") == ["0 file_refused", "2 missing_id", "4 missing_id"]
    assert [outcome for outcome in verify(store) if not outcome.holds] == []


def test_a_file_that_was_cut_is_not_read_again(store, network, deliver):
    file = deliver("a.demo", "k1 2030-01-01 @ann\n!truncated_gzip\nCUT")
    for is_known in (False, True):
        assert ingest_feed(store, "demo", [file], DAY, connector=network).files[0].recognised is is_known


def test_a_file_of_one_day_loaded_for_all_days_afterwards_brings_nothing(store, network, deliver, look):
    file = deliver("a.demo", "k1 2030-01-01 @ann\n!missing_id")
    ingest_feed(store, "demo", [file], DAY, connector=network)
    again = ingest_feed(store, "demo", [file], None, connector=network).files[0]
    assert (again.row_count, again.kept, again.reasons["duplicate"]) == (2, 0, 1)
    assert look("core__accounts", "account_id") == ["ann"]
    assert look("ops__deliveries", "file_name row_count") == ["deliveries/a.demo 2"]


def test_a_crash_while_copying_leaves_nothing_behind(store, deliver, monkeypatch):
    monkeypatch.setattr("jobs.ingest.land.os.fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
    file = delivered_files([deliver("a.demo", "k1 2030-01-01 @ann")])[0]
    with pytest.raises(OSError, match="disk full"):
        Landing(store.settings.home, "demo", DAY).copy_in(file)
    assert landed_names(store) == []


def test_a_path_that_does_not_exist_is_named(store, network, tmp_path):
    with pytest.raises(MissingInput, match=r"nowhere\.demo: no such file"):
        ingest_feed(store, "demo", [tmp_path / "nowhere.demo"], DAY, connector=network)


def test_files_of_another_network_are_refused_with_the_suffixes_that_are_read(store, network, deliver):
    with pytest.raises(BadInput, match=r"expected files that end in \.demo"):
        ingest_feed(store, "demo", [deliver("a.xml", "<x/>")], DAY, connector=network)


def test_other_files_of_a_folder_are_named_as_ignored(store, network, deliver):
    deliver("in/readme.md", "words")
    folder = deliver("in/a.demo", "k1 2030-01-01 @ann").parent
    assert ingest_feed(store, "demo", [folder], DAY, connector=network).ignored == ("in/readme.md",)


def test_an_unknown_feed_is_refused_with_those_that_exist(store, deliver):
    with pytest.raises(MissingInput, match=r"nonet\.py; known: .*twitter"):
        ingest_feed(store, "nonet", [deliver("a.demo", "k1 2030-01-01 @ann")], DAY)


def test_the_inbox_of_a_day_is_loaded_and_a_day_without_one_is_none(store, network):
    folder = store.settings.inbox / "demo" / "2030-01-01"
    folder.mkdir(parents=True)
    assert ingest_inbox(store, "demo", DAY, connector=network) is None
    (folder / "a.demo").write_text("k1 2030-01-01 @ann\n")
    assert ingest_inbox(store, "demo", DAY, connector=network).files[0].kept == 1
    assert ingest_inbox(store, "demo", NEXT_DAY, connector=network) is None


LOADS_BESIDE = [
    # held by another process   this load   outcome
    ("2030-01-01",              DAY,        "refused"),
    ("2030-01-02",              DAY,        "loaded"),
    ("all",                     DAY,        "refused"),
    ("2030-01-02",              None,       "refused"),
]  # fmt: skip


@pytest.mark.parametrize(("held", "day", "outcome"), LOADS_BESIDE)
def test_a_day_of_a_feed_is_loaded_by_one_process_at_a_time(store, network, deliver, held, day, outcome):
    other = Landing(store.settings.home, "demo", None if held == "all" else date.fromisoformat(held))
    files = [deliver("a.demo", "k1 2030-01-01 @ann")]
    with only_load(other):
        if outcome == "refused":
            with pytest.raises(CommitConflict, match="feed demo of .* is being loaded"):
                ingest_feed(store, "demo", files, day, connector=network)
        else:
            assert ingest_feed(store, "demo", files, day, connector=network).files[0].kept == 1
    assert ingest_feed(store, "demo", files, day, connector=network).files[0].recognised is (outcome == "loaded")
