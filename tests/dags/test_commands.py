"""A stage is a process: its output comes line by line, its exit code is kept, and ending it ends all of it."""

import threading
import time
from pathlib import Path

import pytest

from jobs.commands import PROJECT, StageProcess, ingest_arguments, nights_arguments, stage_command

STARTS_ANOTHER = ["sh", "-c", "sleep 300 & echo $!; wait"]


def test_the_lines_and_the_exit_code_of_a_stage_reach_the_caller():
    lines = []
    assert StageProcess(["sh", "-c", "echo one; echo two >&2; exit 2"]).run(lines.append) == 2
    assert lines == ["one", "two"]


def test_a_stage_runs_in_the_project_with_the_given_variables():
    lines = []
    StageProcess(["sh", "-c", "pwd; echo $CANDOR_HOME"], {"CANDOR_HOME": "/somewhere"}).run(lines.append)
    assert lines == [str(PROJECT), "/somewhere"]


def test_ending_a_stage_ends_what_it_started():
    lines, stage = [], StageProcess(STARTS_ANOTHER)
    running = threading.Thread(target=stage.run, args=[lines.append])
    running.start()
    while not lines:
        time.sleep(0.01)
    stage.end()
    running.join(timeout=10)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{lines[0]}").is_dir() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{lines[0]}").is_dir()


def test_a_stage_that_is_over_can_be_ended_again():
    stage = StageProcess(["true"])
    assert stage.run() == 0
    assert stage.end() is None


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (stage_command("jobs.ingest", *ingest_arguments("minors", "2030-01-01")),
         "-m jobs.ingest --feed minors --snapshot-date 2030-01-01"),
        (stage_command("jobs.cli", *nights_arguments("2030-01-01", "2030-01-02")),
         "-m jobs.cli night --from 2030-01-01 --to 2030-01-02"),
    ],
)
def test_a_command_names_its_night(command, words):
    assert " ".join(command[1:]) == words
