"""No command makes a store by a mistyped path, and none takes another store's catalog for its own (S55)."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.errors import MissingInput
from jobs.settings import Settings, require_store
from jobs.storage import Store

REASON = "Counted by hand in the archive of the list, twice."
COMMANDS = [
    ["forget", "twitter:1", "--by", "ann"], ["forget", "twitter:1", "--dry-run"], ["gc"], ["gc", "--dry-run"], ["gc", "--expire"],
    ["approve", "4f1c9a0b2d3e", "--waive", "mean_move_bounded", "--by", "ann", "--reason", REASON],
    ["refuse", "4f1c9a0b2d3e", "--by", "ann", "--reason", REASON], ["rollback", "r000014", "--by", "ann", "--reason", REASON],
    ["approve-removal", "minors", "twitter:1", "--by", "ann", "--reason", REASON],
    ["release-hold", "twitter:1", "--version", "v2", "--by", "ann", "--reason", REASON],
    ["export", "--out", "out"], ["report", "--date", "2030-01-01"], ["calibrate", "--version", "v3", "--date", "2030-01-01"],
    ["train", "--version", "v4", "--from", "2030-01-01", "--to", "2030-01-02"],
]
OF_VERSIONS = [
    ["version", "list"], ["version", "announce", "v3", "--pack-digest", "4f1c9a0b", "--on", "2030-01-01", "--by", "ann"],
    ["version", "activate", "v3", "--by", "ann"], ["version", "retire", "v1", "--by", "ann"],
    ["replay", "--date", "2030-01-01", "--version", "v2"], ["compare", "v1", "v2", "--date", "2030-01-01"],
]


def run(home: Path, command: list[str]):
    return CliRunner().invoke(app, ["--home", str(home), *command])


def empty_store(home: Path) -> Store:
    """A store whose catalog was made, and no table."""
    store = Store(Settings(home=home))
    assert store.catalog.list_tables("candor") == []
    return store


@pytest.mark.parametrize("command", COMMANDS + OF_VERSIONS, ids=" ".join)
def test_a_home_without_a_store_is_an_error_and_stays_empty(tmp_path, command):
    home = tmp_path / "mistyped"
    run_there = run(home, command)
    assert isinstance(run_there.exception, MissingInput)
    assert f"no store at {home}" in str(run_there.exception)
    assert not home.exists()


@pytest.mark.parametrize("command", [["forget", "twitter:1", "--by", "ann"], ["gc"]], ids=" ".join)
def test_a_catalog_without_tables_is_no_store_and_no_file_beside_it_is_removed(tmp_path, command):
    """A catalog setting that was forgotten once leaves such a catalog; all files of the store are out of its reach."""
    store = empty_store(tmp_path / "store")
    file = store.settings.warehouse / "core" / "core__posts" / "data" / "part-0.parquet"
    file.parent.mkdir(parents=True)
    file.write_text("twitter:1")
    assert "its catalog holds no table" in str(run(store.settings.home, command).exception)
    assert file.exists()
    assert not (store.settings.home / "keys").exists()


@pytest.mark.parametrize("command", OF_VERSIONS, ids=" ".join)
def test_a_catalog_without_tables_has_no_versions_to_list_move_replay_or_compare(tmp_path, command):
    store = empty_store(tmp_path / "store")
    assert "its catalog holds no table" in str(run(store.settings.home, command).exception)
    assert store.catalog.list_tables("candor") == []


def test_an_emptied_catalog_is_no_store_that_holds(tmp_path):
    """Nothing that could be broken is left in it, beside all files of the store."""
    store = empty_store(tmp_path / "store")
    assert "its catalog holds no table" in str(run(store.settings.home, ["verify"]).exception)


def test_status_of_a_store_without_a_judged_night_says_so(tmp_path):
    store = empty_store(tmp_path / "store")
    assert run(store.settings.home, ["status"]).stdout == (
        "no night was judged in this store yet; candor night --date D runs one\n")


@pytest.mark.parametrize("command", [["forget", "twitter:1", "--by", "ann"], ["gc"]], ids=" ".join)
def test_the_catalog_of_a_store_elsewhere_removes_nothing_here(tmp_path, command):
    there = empty_store(tmp_path / "there")
    there.iceberg("ops__deliveries")
    shutil.copytree(tmp_path / "there", tmp_path / "here")
    assert "expected its tables below" in str(run(tmp_path / "here", command).exception)


def test_where_the_catalog_is_on_a_server_the_files_of_the_store_are_asked_for(tmp_path):
    settings = Settings(home=tmp_path / "mistyped", catalog_uri="postgresql+pg8000://candor:secret@127.0.0.1:9/candor")
    with pytest.raises(MissingInput, match="no store at .*mistyped") as refused:
        require_store(settings, "Correct it.")
    assert "secret" not in str(refused.value)
