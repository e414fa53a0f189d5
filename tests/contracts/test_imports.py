"""Stages meet in tables, never in imports; DAG files stay light."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
JOBS = PROJECT / "jobs"
DOORS = "doors"
"""The commands of `candor`: nothing leads to them but the command itself."""
ABOVE = {DOORS, "nights", "answers", "comparing", "forgetting"}
"""Rooms above the stages: they lead to every stage, and no stage leads to them."""
STAGES = sorted(folder.name for folder in JOBS.iterdir()
                if (folder / "__init__.py").is_file() and folder.name not in ABOVE)
GROUND_FLOOR = sorted(path for path in JOBS.glob("*.py") if path.name != "cli.py")
STAGE_FILES = [path for stage in STAGES for path in sorted((JOBS / stage).rglob("*.py"))]
DAG_FILES = sorted((PROJECT / "dags").glob("*.py"))

HEAVY = {"pyspark", "pysail", "great_expectations", "duckdb", "pyarrow", "pyiceberg", "pandas", "lxml", "ahocorasick"}
"""What takes long to import; the scheduler reads DAG files again and again."""


def imported(path: Path, *, at_module_level: bool = False) -> set[str]:
    """Names of the modules that a file imports, `from a import b` as both a and a.b."""
    tree = ast.parse(path.read_text())
    nodes = tree.body if at_module_level else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def file_of(module: str) -> Path | None:
    """The file of a module of jobs/ or expectations/; None for modules of others."""
    path = PROJECT.joinpath(*module.split("."))
    if module.split(".")[0] not in {"jobs", "expectations"}:
        return None
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def reached(path: Path, *, at_module_level: bool = False) -> set[str]:
    """Every module that importing a file leads to, through our own files."""
    found: set[str] = set()
    waiting = [path]
    seen = set()
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            modules = imported(current, at_module_level=at_module_level)
            found |= modules
            waiting += [file for module in modules if (file := file_of(module))]
    return found


def rooms_in(modules: set[str]) -> set[str]:
    """The stages and the rooms above them that modules lie in."""
    rooms = {module.split(".")[1] for module in modules if module.startswith("jobs.")}
    return rooms & {*STAGES, *ABOVE}


def test_the_stages_of_the_house_are_found():
    assert {"ingest", "topics", "engagement", "scoring", "audit", "gate", "publish"} <= set(STAGES)
    assert len(STAGE_FILES) > 40


@pytest.mark.parametrize("path", STAGE_FILES, ids=lambda path: str(path.relative_to(JOBS)))
def test_a_stage_imports_only_itself_and_the_ground_floor(path):
    """Also through modules of the ground floor: what a stage imports leads to no other stage, and to no room above it."""
    assert rooms_in(reached(path)) <= {path.relative_to(JOBS).parts[0]}


@pytest.mark.parametrize("path", GROUND_FLOOR, ids=lambda path: path.name)
def test_the_ground_floor_leads_to_no_room(path):
    assert rooms_in(reached(path)) == set()


def test_only_the_command_leads_to_the_doors():
    rooms = [path for path in JOBS.rglob("*.py") if DOORS not in path.relative_to(JOBS).parts]
    assert [path.name for path in rooms if any(name.startswith(f"jobs.{DOORS}") for name in imported(path))] == ["cli.py"]


def test_the_check_sees_a_stage_behind_a_door():
    assert {"scoring", "engagement", "topics"} <= rooms_in(reached(JOBS / "nights" / "nightly.py"))


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.name)
def test_a_dag_file_imports_nothing_heavy_when_it_is_read(path):
    assert {module.split(".")[0] for module in reached(path, at_module_level=True)} & HEAVY == set()


def test_the_check_sees_what_is_heavy():
    assert "pyspark" in {module.split(".")[0] for module in reached(JOBS / "nights" / "nightly.py", at_module_level=True)}


def test_only_storage_and_the_catalog_touch_the_table_format():
    """One module writes and commits; whoever else handles metadata is named here, with the reason."""
    allowed = {
        "storage.py": "the only writer",
        "catalog.py": "commits several tables together",
        "publish/candidate.py": "branches",
        "publish/pointing.py": "moves main",
        "privacy/rewriting.py": "writes the history of a table anew, for an erasure",
        "verifying/resting.py": "reads a store and writes nothing",
    }
    users = {str(path.relative_to(JOBS)) for path in JOBS.rglob("*.py")
             if any(module.split(".")[0] == "pyiceberg" for module in imported(path))}
    assert users <= set(allowed)
