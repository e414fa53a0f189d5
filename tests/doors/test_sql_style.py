"""SQL is linted with the rules of .sqlfluff, never fixed, and each file says what it is for."""

import re
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "sql").rglob("*.sql"))
LONGEST = 80


@pytest.fixture(scope="module")
def linter():
    """The linter as the root's .sqlfluff configures it."""
    return Linter(config=FluffConfig.from_path(str(ROOT)))


def complaints(linter: Linter, text: str) -> list[str]:
    found = linter.lint_string(text).violations
    return [f"line {one.line_no}: {one.rule_code()} {one.desc()}" for one in found]


def test_every_statement_is_clean(linter):
    found = {path.name: complaints(linter, path.read_text()) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_linter_would_complain(linter):
    assert any("CP01" in line for line in complaints(linter, "select 1 AS one;\n"))


def header(path: Path) -> str:
    return "".join(line for line in path.read_text().splitlines(keepends=True) if line.startswith("--"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_states_its_grain_and_exactly_its_parameters(path):
    used = set(re.findall(r"\$(\w+)", path.read_text().replace(header(path), "")))
    assert "-- Grain:" in header(path)
    assert set(re.findall(r"\$(\w+)", header(path))) == used
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_one_whole_statement_with_its_parameters_under_one_word(path):
    assert path.read_text().endswith(";\n")
    assert all(line.startswith("-- Params: ") for line in header(path).splitlines() if "$" in line)
