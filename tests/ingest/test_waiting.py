"""Deliveries that wait: loading nights ahead gives the same tables and the same account of it."""

import hashlib
import json
from datetime import date

import pytest

from jobs.demo.world import make_world
from jobs.errors import PipelineError
from jobs.failpoints import VARIABLE
from jobs.ingest.inbox import ingest_ahead, ingest_waiting
from jobs.nights.results import nights_between
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import TABLES

CORE = [name for name in TABLES if name.startswith("core__")]


def test_loading_ahead_in_a_second_process_is_loading(tmp_path):
    homes = [tmp_path / "ahead", tmp_path / "at_once"]
    worlds = [make_world(home, people=200, days=5) for home in homes]
    days = list(nights_between(worlds[0].last_day.replace(day=1), worlds[0].last_day))
    ahead, at_once = (Settings(home=home) for home in homes)

    with ingest_ahead(ahead, days) as ingested:
        given = [ingested() for _ in days]
    expected = [ingest_waiting(at_once, day) for day in days]

    assert [counts(night) for night in given] == [counts(night) for night in expected]
    assert all(rows_of(ahead, table) == rows_of(at_once, table) for table in CORE)


def test_a_list_that_cannot_be_read_is_told_and_the_other_feeds_are_loaded(tmp_path):
    home = tmp_path / "store"
    day = make_world(home, people=200, days=1).last_day
    for manifest in (home / "inbox" / "minors" / str(day)).glob("*.json"):
        manifest.unlink()

    ingested = ingest_waiting(Settings(home=home), day)

    assert list(ingested.refused) == ["minors"]
    assert "minors" not in {summary.feed for summary in ingested.summaries}
    assert {"twitter", "suppression"} <= {summary.feed for summary in ingested.summaries}


def test_a_killed_process_of_ingest_is_told_in_a_sentence(tmp_path, monkeypatch):
    """Found by a kill inside `candor night`: the command died of a stack trace."""
    day = date(2030, 1, 1)
    path = tmp_path / "inbox" / "suppression" / day.isoformat() / "suppression.csv"
    path.parent.mkdir(parents=True)
    path.write_text("network,account_id\n")
    facts = {"rows": 0, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(facts))
    monkeypatch.setenv(VARIABLE, "land.copied_in:kill")
    with pytest.raises(PipelineError, match="Run the night again"), ingest_ahead(Settings(home=tmp_path), [day]) as told:
        told()


def counts(ingested) -> list[tuple]:
    """What became of each file of a night."""
    files = (json.loads(summary.to_json())["files"] for summary in ingested.summaries)
    return sorted((file["file"], file["in"], file["kept"], file["quarantined"]) for group in files for file in group)


def rows_of(settings: Settings, table: str) -> list[str]:
    """The rows of a table in a fixed order."""
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in Store(settings).arrow(table).to_pylist())
