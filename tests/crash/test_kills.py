"""kill -9 at each failpoint of a night: nothing half done is seen, and starting again completes it (I1 to I9)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory) -> dict:
    """The small set, run in a process without an engine: threads do not survive the forks."""
    folder = tmp_path_factory.mktemp("crash")
    ended = subprocess.run([sys.executable, "-m", "bench.crash.short", str(folder)], cwd=ROOT,
                           capture_output=True, text=True, check=False,
                           env={**os.environ, "GX_ANALYTICS_ENABLED": "false"})
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout)


def test_the_night_was_killed_at_every_place_that_it_passes(outcome):
    assert outcome["killed"] == outcome["places"]
    assert len(outcome["killed"]) >= 30


def test_no_invariant_was_broken_after_any_kill_nor_in_the_end(outcome):
    assert outcome["broken"] == []


def test_the_night_that_was_killed_again_and_again_completes_with_the_digest_of_an_undisturbed_one(outcome):
    assert outcome["completed"] == outcome["undisturbed"]
