"""Releasing a version: refused until everything that freezes and explains it is there, and never twice."""

import tomllib
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.errors import BadInput, MissingInput, ReleasedVersionEdited
from jobs.released import Registry, load_registry
from jobs.scoring.registry import require_frozen
from jobs.scoring.release_version import app, foreign_imports, registry_text, release_version

DAY = date(2030, 1, 1)

FILES = {
    "jobs/scoring/algorithms/v3.py": '"""v3: made up."""\nimport math\nfrom pyspark.sql import functions as F\n'
                                     "from jobs.scoring.contract import Algorithm\n",
    "jobs/scoring/calibrations/v3.json": '{"reference": 63.0}\n',
    "tests/golden/v3_scores.csv": "person_id,topic_id\n",
    "docs/algorithms/v3.md": "# v3\n",
    "CHANGELOG.md": "## Scores that move\n- v3 is released.\n",
    "jobs/scoring/released.toml": 'active = "v2"\n\n[v2]\nreleased = "2029-12-01"\nfile_sha256 = "ab"\n',
}


@pytest.fixture
def project(tmp_path) -> Path:
    """A project that holds everything a release of v3 needs."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_complete_version_is_frozen_to_its_bytes_and_its_date(project):
    release_version("v3", DAY, project)
    content = tomllib.loads((project / "jobs/scoring/released.toml").read_text())
    assert content["active"] == "v2", "releasing does not change what readers see"
    assert content["v2"] == {"released": "2029-12-01", "file_sha256": "ab"}
    assert content["v3"] == {
        "released": "2030-01-01",
        "file_sha256": sha256(FILES["jobs/scoring/algorithms/v3.py"].encode()).hexdigest(),
        "calibration_sha256": sha256(FILES["jobs/scoring/calibrations/v3.json"].encode()).hexdigest(),
        "golden_sha256": sha256(FILES["tests/golden/v3_scores.csv"].encode()).hexdigest(),
    }


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith("released.toml")])
def test_a_release_is_refused_without(project, name):
    (project / name).unlink()
    before = (project / "jobs/scoring/released.toml").read_text()
    with pytest.raises(MissingInput, match=name.replace(".", r"\.")):
        release_version("v3", DAY, project)
    assert (project / "jobs/scoring/released.toml").read_text() == before


def test_a_changelog_that_names_only_another_version_is_refused(project):
    (project / "CHANGELOG.md").write_text("- v30 and v2, not the one released.\n")
    with pytest.raises(MissingInput, match="a line in CHANGELOG.md that names v3"):
        release_version("v3", DAY, project)


def test_everything_that_is_missing_is_named_at_once(project):
    for name in ("tests/golden/v3_scores.csv", "docs/algorithms/v3.md"):
        (project / name).unlink()
    with pytest.raises(MissingInput, match=r"v3_scores\.csv; docs/algorithms/v3\.md"):
        release_version("v3", DAY, project)


@pytest.mark.parametrize("name", ["jobs/scoring/algorithms/v3.py", "jobs/scoring/calibrations/v3.json", "tests/golden/v3_scores.csv"])
def test_a_released_version_is_not_released_again_with_other_bytes(project, name):
    """S27: no parameter is edited without a new version."""
    release_version("v3", DAY, project)
    path = project / name
    path.write_text(path.read_text() + "\n")
    before = (project / "jobs/scoring/released.toml").read_text()
    with pytest.raises(ReleasedVersionEdited, match=f"released on 2030-01-01 with other bytes of {path.name}"):
        release_version("v3", date(2030, 2, 2), project)
    assert (project / "jobs/scoring/released.toml").read_text() == before


def test_releasing_the_same_bytes_again_changes_nothing(project):
    release_version("v3", DAY, project)
    before = (project / "jobs/scoring/released.toml").read_text()
    release_version("v3", date(2030, 2, 2), project)
    assert (project / "jobs/scoring/released.toml").read_text() == before


@pytest.mark.parametrize("name", ["3", "v0", "v3.py", "../v3", "draft"])
def test_a_name_that_is_no_version_is_refused(project, name):
    with pytest.raises(BadInput, match="is no version name"):
        release_version(name, DAY, project)


@pytest.mark.parametrize("line", ["from jobs.scoring.scale import SCORE_KEY", "import jobs.decay", "from .v2 import credits",
                                  "import numpy as np"])
def test_an_algorithm_that_leans_on_what_can_change_is_refused(project, line):
    path = project / "jobs/scoring/algorithms/v3.py"
    path.write_text(f"{path.read_text()}\n{line}\n")
    assert len(foreign_imports(path)) == 1
    with pytest.raises(BadInput, match="could change under it"):
        release_version("v3", DAY, project)


def test_the_registry_is_written_in_the_order_of_the_versions_and_read_back_as_it_was(tmp_path):
    registry = Registry(active="v9", released={name: {"released": "2030-01-01"} for name in ("v10", "v9")})
    path = tmp_path / "released.toml"
    path.write_text(registry_text(registry))
    assert load_registry(path) == registry
    assert path.read_text().index("[v9]") < path.read_text().index("[v10]")


def test_what_was_released_is_what_scoring_demands(project):
    registry = release_version("v3", DAY, project)
    released = Registry(registry.active, {"v3": registry.released["v3"]})
    require_frozen(released, project / "jobs/scoring")
    (project / "jobs/scoring/calibrations/v3.json").unlink()
    with pytest.raises(ReleasedVersionEdited, match="found no file"):
        require_frozen(released, project / "jobs/scoring")


def test_the_command_tells_what_it_froze(project):
    told = CliRunner().invoke(app, ["v3", "--date", "2030-01-01", "--project", str(project)])
    assert told.exit_code == 0, told.output
    assert "v3 released\n  released 2030-01-01\n  file_sha256" in told.output
