"""A statement that its engine cannot stop is stopped by the process that asked it, in time, in memory, in words."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.bounded import ADDED_BYTES, GRACE_SECONDS, bounded
from jobs.errors import PipelineError

PROJECT = Path(__file__).resolve().parents[2]

NEVER_LOOKING = """
what                             | statement                                                               | says
a text of gigabytes              | SELECT repeat('x', 3000000000)                                          | memory
two long texts, letter by letter | SELECT levenshtein(repeat('a', 300000), repeat('b', 300000))            | within
"""

STARTING_SECONDS = 20
"""What a command may take to start and to open the garden on a busy machine."""


def ask(home: Path, statement: str, *more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "jobs.cli", "--home", str(home), "sql", statement, *more], cwd=PROJECT, text=True,
        capture_output=True, env={**os.environ, "PYTHONPATH": str(PROJECT)}, timeout=60, check=False)


@pytest.mark.parametrize(("what", "statement", "says"), [
    tuple(cell.strip() for cell in line.split("|")) for line in NEVER_LOOKING.strip().splitlines()[1:]])
def test_what_never_looks_for_an_interrupt_is_ended(planted, what, statement, says):
    started = time.monotonic()
    done = ask(planted.settings.home, statement, "--seconds", "0.5")
    assert (done.returncode, done.stdout) == (1, ""), what
    assert done.stderr.startswith("error: ")
    assert says in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert time.monotonic() - started < STARTING_SECONDS + GRACE_SECONDS


def test_an_answer_of_some_size_still_comes_whole_and_the_bounds_end_with_the_statement(reader):
    before = resource.getrlimit(resource.RLIMIT_AS)
    with bounded(60):
        [row] = reader.ask("SELECT length(repeat('x', 200000000)) AS length").rows()
    assert row["length"] == 200000000 < ADDED_BYTES
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_memory_that_does_not_suffice_is_said_in_words(reader):
    with pytest.raises(PipelineError, match="Out of Memory"), bounded(60):
        list(reader.ask("SELECT list_sum(range(200000000))").rows())
    with pytest.raises(PipelineError, match="needs more than 2 GB"), bounded(60):
        bytearray(3 * ADDED_BYTES)
    assert list(reader.ask("SELECT 1 AS one").rows()) == [{"one": 1}]
