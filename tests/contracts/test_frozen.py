"""A released version is frozen: its bytes, its imports, its golden, its card (answers S26, S27)."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from jobs.digest import file_digest
from jobs.errors import ReleasedVersionEdited
from jobs.released import SCORING_ROOM, VERSIONS_FILE, frozen_files, load_registry
from jobs.scoring.registry import golden_path, require_frozen, version_names
from jobs.scoring.release_version import foreign_imports, registry_text

PROJECT = SCORING_ROOM.parent.parent
VERSIONS = sorted(load_registry().released)

every_released_version = pytest.mark.parametrize("version", VERSIONS)


def test_v1_and_v2_are_released_and_the_active_version_is_one_of_the_released():
    assert {"v1", "v2"} <= set(VERSIONS)
    assert load_registry().active in VERSIONS


@every_released_version
def test_the_bytes_of_a_released_version_are_the_released_ones(version):
    entry = load_registry().released[version]
    files = {**frozen_files(version), "golden_sha256": golden_path(version, PROJECT)}
    assert {name: file_digest(path) for name, path in files.items()} == {name: entry[name] for name in files}


@every_released_version
def test_a_released_version_imports_nothing_that_can_change(version):
    assert foreign_imports(frozen_files(version)["file_sha256"]) == []


@every_released_version
def test_every_released_version_has_a_card_and_a_line_in_the_changelog(version):
    """S11: one card per version, with the question, the formula, a worked example, the null policy and the limits."""
    card = (PROJECT / "docs" / "algorithms" / f"{version}.md").read_text()
    for heading in ("Question", "Formula", "Worked example", "Nulls", "Limits", "Not used", "What changed"):
        assert re.search(rf"^## {heading}", card, re.M), heading
    assert re.search(rf"\b{version}\b", (PROJECT / "CHANGELOG.md").read_text())


def test_the_registry_reads_as_the_tool_would_write_it():
    assert VERSIONS_FILE.read_text() == registry_text(load_registry())


def test_every_released_version_has_its_own_algorithm_file():
    assert set(VERSIONS) <= set(version_names())
    assert len({entry["file_sha256"] for entry in load_registry().released.values()}) == len(VERSIONS)


@pytest.fixture
def copied_room(tmp_path) -> Path:
    """The scoring room, to be edited."""
    room = tmp_path / "scoring"
    shutil.copytree(SCORING_ROOM, room, ignore=shutil.ignore_patterns("__pycache__"))
    require_frozen(load_registry(), room)
    return room


@every_released_version
@pytest.mark.parametrize("part", ["file_sha256", "calibration_sha256"])
def test_one_byte_edited_stops_the_scoring(copied_room, version, part):
    path = frozen_files(version, copied_room)[part]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ReleasedVersionEdited, match=f"{path.name} of {version} is released and has changed"):
        require_frozen(load_registry(), copied_room)


@every_released_version
def test_a_released_file_that_is_gone_stops_the_scoring(copied_room, version):
    frozen_files(version, copied_room)["calibration_sha256"].unlink()
    with pytest.raises(ReleasedVersionEdited, match="found no file"):
        require_frozen(load_registry(), copied_room)


def test_the_registry_itself_is_plain_toml_with_one_table_per_version():
    content = tomllib.loads(VERSIONS_FILE.read_text())
    assert all(set(entry) == {"released", "file_sha256", "calibration_sha256", "golden_sha256"}
               for name, entry in content.items() if name != "active")
