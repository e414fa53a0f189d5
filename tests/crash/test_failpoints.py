"""Failpoints: inert without their variable, known by name, and every one of them stands where a run passes."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.crash import made
from bench.crash.short import DAY, PEOPLE
from jobs import failpoints
from jobs.errors import MissingInput
from jobs.failpoints import PLACES, ReachedFailpoint, failpoint, parsed
from jobs.ingest.feeds import ingest_feed
from jobs.manifest import Run
from jobs.nights import nightly
from jobs.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]

MAIL = """From ann @end|ng |rom ex@mp|e@org  Tue Jan  1 14:00:00 2030
From: ann @end|ng |rom ex@mp|e@org (Ann Example)
Date: Tue, 1 Jan 2030 13:00:00 +0100
Message-ID: <1@mail.example>

Words.
"""


@pytest.fixture
def armed():
    """Arms the process, and disarms it in the end."""
    yield failpoints.arm
    failpoints.arm(None)


def test_every_registered_name_stands_in_the_code_and_every_name_in_the_code_is_registered():
    written = [name for path in (ROOT / "jobs").rglob("*.py")
               for name in re.findall(r'failpoint\("([^"]+)"\)', path.read_text())]
    assert sorted(set(written)) == sorted(PLACES)
    assert len(PLACES) >= 20


def test_without_the_variable_nothing_happens():
    assert "CANDOR_FAILPOINT" not in os.environ
    failpoint("release.published")


def test_the_variable_acts_at_the_nth_passing_and_never_again(armed):
    armed(parsed("land.placed:raise:2"))
    failpoint("land.placed")
    failpoint("land.copied_in")
    with pytest.raises(ReachedFailpoint, match=r"land\.placed"):
        failpoint("land.placed")
    failpoint("land.placed")


@pytest.mark.parametrize(("action", "number"), [("enospc", errno.ENOSPC), ("eacces", errno.EACCES)])
def test_a_failing_write_looks_like_that_of_the_operating_system(armed, action, number):
    armed(parsed(f"*:{action}"))
    with pytest.raises(OSError, match="failpoint") as failed:
        failpoint("storage.rows_written")
    assert failed.value.errno == number


@pytest.mark.parametrize("text", ["release.publisched:kill", "release.published", "release.published:die", "*:kill:-1"])
def test_a_value_that_names_no_place_or_action_is_refused(text):
    with pytest.raises(MissingInput, match=r"python -m jobs\.failpoints"):
        parsed(text)


def test_the_variable_kills_a_real_process():
    code = "from jobs.failpoints import failpoint; failpoint('release.published'); print('alive')"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False,
                           env={**os.environ, "CANDOR_FAILPOINT": "release.published:kill"})
    assert (ended.returncode, ended.stdout) == (-9, b"")


def test_every_place_is_passed_in_a_night_but_those_of_an_erasure(store, spark, tmp_path, armed, monkeypatch):
    passed: list[str] = []
    armed(passed.append)
    mail = tmp_path / "garden-talk" / "2030-January.txt"
    mail.parent.mkdir()
    mail.write_text(MAIL)
    ingest_feed(store, "mailinglist", [mail.parent], DAY)
    for stage in (nightly.topics, nightly.engagement, nightly.scoring, nightly.shift, nightly.change):
        monkeypatch.setattr(stage, "run", lambda *given: None)
    nightly.score_night(spark, store, DAY, Run(store, DAY))
    store.write_frame(spark.createDataFrame([], TABLES["staged__scores"].spark_schema), "staged__scores")
    made.whole_night(store, tmp_path / "deliveries", DAY, PEOPLE)
    assert [place for place in PLACES if place not in passed and not place.startswith("forget.")] == []
