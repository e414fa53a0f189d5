"""Names say what they hold: modules, tables, columns."""

import ast
import re
from pathlib import Path
from statistics import median

import pytest

from jobs.tables import COLUMNS, TABLES

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("jobs", "expectations", "dags", "tests", "bench")
SOURCES = [path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*.py"))]
OWN_CODE = [path for path in SOURCES if path.relative_to(PROJECT).parts[0] in {"jobs", "expectations", "dags"}]

NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "shared", "stuff", "lib"}
LAYERS = {"core", "feature", "staged", "audit", "gate", "pub", "ops"}
BARE = {"id", "type", "value", "score", "name", "date", "count", "key", "data", "ds"}

TYPE_OF_SUFFIX = {
    "_count": {"long"}, "_share": {"double"}, "_ratio": {"double"}, "_score": {"points"}, "_rank": {"long"},
    "_days": {"long"}, "_date": {"date"}, "_at": {"timestamp"}, "_id": {"string"}, "_code": {"string"},
    "_name": {"string"}, "_sha256": {"string"}, "_seconds": {"double"}, "_bits": {"long"},
}
"""What a column's last word promises."""

MOST_LINES = 250
MOST_LINES_OF_THE_README = 120
MOST_LINES_OF_A_FUNCTION = 50
USUAL_LINES_OF_A_FUNCTION = 10


def functions(path: Path) -> list[tuple[str, int]]:
    """Functions of a file with their lines, the docstring left out."""
    return [(node.name, node.end_lineno - _first_line(node) + 1) for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef)]


def _first_line(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return body[0].lineno


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_module_and_no_folder_has_a_name_that_says_nothing(folder):
    names = {part for path in (PROJECT / folder).rglob("*") for part in path.relative_to(PROJECT).with_suffix("").parts}
    assert names & NAMELESS == set()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_named_layer_and_subject(name):
    layer, subject = name.split("__")
    assert layer in LAYERS
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", subject)
    assert set(TABLES[name].key) <= set(TABLES[name].column_names)
    assert TABLES[name].grain
    assert TABLES[name].writer


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_named_for_what_it_holds_and_typed_as_its_name_says(name):
    column = COLUMNS[name]
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)
    assert name not in BARE
    assert not name.endswith("_pct")
    assert (column.type == "boolean") == name.startswith(("is_", "has_"))
    for suffix, types in TYPE_OF_SUFFIX.items():
        assert not name.endswith(suffix) or column.type in types, suffix
    assert column.meaning


def test_every_column_is_used_by_some_table():
    used = {column for table in TABLES.values() for column in table.column_names}
    assert set(COLUMNS) == used


def test_test_files_do_not_share_a_name():
    names = [path.name for path in SOURCES if path.name.startswith("test_")]
    assert len(names) == len(set(names))


def test_files_are_short_enough_to_be_read_at_once():
    lengths = {str(path.relative_to(PROJECT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {path: length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_the_readme_is_read_in_one_go():
    assert len((PROJECT / "README.md").read_text().splitlines()) <= MOST_LINES_OF_THE_README


def test_functions_are_short():
    lengths = {f"{path.relative_to(PROJECT)}:{name}": length for path in OWN_CODE for name, length in functions(path)}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION} == {}
    assert median(lengths.values()) <= USUAL_LINES_OF_A_FUNCTION


def test_every_public_function_of_the_product_says_in_a_sentence_what_it_does():
    silent = [f"{path.relative_to(PROJECT)}:{node.name}" for path in OWN_CODE for node in ast.parse(path.read_text()).body
              if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)]
    assert silent == []
