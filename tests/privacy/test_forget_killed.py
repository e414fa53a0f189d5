"""An erasure that is killed anywhere is finished by the same command: no byte names the person, one event tells."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.crash.erasure import SMALL_SET
from jobs.failpoints import PLACES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory) -> dict:
    """The small set, run in a process without an engine: threads do not survive the forks."""
    folder = tmp_path_factory.mktemp("erasure")
    ended = subprocess.run([sys.executable, "-m", "bench.crash.erasure", str(folder)], cwd=ROOT,
                           capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout)


def test_the_same_command_finishes_an_erasure_that_was_killed_whether_by_account_by_person_or_by_request(outcome):
    """After the commit no table says which accounts are one person: the note of what has begun does."""
    assert outcome["broken"] == []


def test_every_place_of_an_erasure_is_passed_and_it_was_killed_in_each_of_its_parts(outcome):
    assert [place for place in PLACES if place.startswith("forget.") and place not in outcome["passed"]] == []
    assert sorted(place for place, _ in outcome["aims"]) == sorted(SMALL_SET)
