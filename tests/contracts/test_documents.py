"""What the documents name is there: files, modules and commands; a page that sends its reader nowhere is wrong."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

from jobs.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED_PATH = re.compile(r"`((?:bench|dags|docker|docs|expectations|jobs|sql|tests)/[\w./-]+)`")
MODULE = re.compile(r"python -m ((?:bench|jobs)[\w.]*)")
COMMAND = re.compile(r"(?:^|`)candor ([a-z][a-z-]+)", re.MULTILINE)

ANY_VERSION = "vN"
"""Stands for the number of a version in the name of a file."""


def broken_in(page: Path, pattern: re.Pattern, is_there) -> list[str]:
    return [name for name in pattern.findall(page.read_text()) if not is_there(name)]


@pytest.fixture(scope="module")
def commands() -> set[str]:
    return set(typer.main.get_command(app).commands)


def test_the_patterns_find_what_pages_say():
    """Guards the guard: the pages hold many of each, so a pattern that finds none is wrong."""
    text = "".join(page.read_text() for page in PAGES)
    assert min(len(pattern.findall(text)) for pattern in (LINK, NAMED_PATH, MODULE, COMMAND)) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page, commands):
    broken = {
        "links": broken_in(page, LINK, lambda name: name.startswith("http") or (page.parent / name).exists()),
        "paths": broken_in(page, NAMED_PATH, lambda name: ANY_VERSION in name or (ROOT / name).exists()),
        "modules": broken_in(page, MODULE, lambda name: find_spec(name.rstrip(".")) is not None),
        "commands": broken_in(page, COMMAND, commands.__contains__),
    }
    assert broken == {"links": [], "paths": [], "modules": [], "commands": []}
