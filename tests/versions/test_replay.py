"""Every release follows from what it froze; a changed number does not; nothing is written by looking."""

import json
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
import typer
from typer.testing import CliRunner

from jobs.audit.replay import REPLAYED, find_release, frozen, release_before, replay_scores, replay_state
from jobs.comparing import replaying
from jobs.comparing.replaying import refolded, rescored
from jobs.digest import file_digest
from jobs.doors import versions
from jobs.errors import MissingInput, PipelineError, ReleasedVersionEdited
from jobs.ledger import releases
from jobs.lifecycle import known_versions
from jobs.nights.golden import lived_nights
from jobs.nights.night import run_night
from jobs.released import load_registry
from jobs.scoring import run
from jobs.storage import on_day
from jobs.tables import TABLES
from tests.versions.conftest import FIRST, release_night, usual_row

VERSIONS = known_versions().released

PLACES = {"first": 0, "middle": 0.5, "last": 1}


def chosen(store, place: str):
    ledger = releases(store)
    return ledger[int(PLACES[place] * (len(ledger) - 1))]


def written(store) -> dict[str, str]:
    """Every file of a store that is not scratch of the engine."""
    return {str(path): file_digest(path) for path in sorted(store.settings.home.rglob("*")) if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_a_release_follows_from_what_it_froze(spark, lived_world, place):
    release = chosen(lived_world.store, place)
    before = written(lived_world.store)
    for version in VERSIONS:
        result = replay_scores(lived_world.store, release, version, partial(rescored, spark))
        assert (result.is_equal, [one.differences for one in result.tables]) == (True, [[], [], []])
    state = replay_state(lived_world.store, release, partial(refolded, spark))
    assert (state.is_equal, [one.differences for one in state.tables]) == (True, [[], []])
    assert written(lived_world.store) == before


@pytest.mark.slow
def test_one_changed_number_of_a_calibration_is_found_and_shown(spark, lived_world, monkeypatch):
    usual = run.load_calibration
    monkeypatch.setattr(run, "load_calibration",
                        lambda version: replace(usual(version), reference=usual(version).reference * 1.01))
    result = replay_scores(lived_world.store, chosen(lived_world.store, "last"), "v2", partial(rescored, spark))
    assert not result.is_equal
    scores, contributions, evidence = result.tables
    assert scores.released_digest != scores.replayed_digest
    assert evidence.released_digest == evidence.replayed_digest
    [first, *_] = scores.differences
    assert first["key"]["topic_id"] == "_overall"
    assert "influence_score" in first["released"]
    assert first["released"]["influence_score"] > first["replayed"]["influence_score"]
    assert len(contributions.differences) == 5


@pytest.mark.slow
def test_a_state_that_does_not_go_on_from_the_release_before_is_found(spark, lived_world, monkeypatch):
    monkeypatch.setattr("jobs.audit.replay.release_before", lambda store, release: None)
    state = replay_state(lived_world.store, chosen(lived_world.store, "last"), partial(refolded, spark))
    assert {one.table: bool(one.differences) for one in state.tables} == {
        "feature__engagement_state": True, "feature__post_state": True}


@pytest.mark.slow
def test_files_of_a_version_that_were_edited_are_not_replayed_with(spark, lived_world, monkeypatch):
    known = load_registry()
    known.released["v2"]["calibration_sha256"] = "0" * 64
    monkeypatch.setattr(replaying, "load_registry", lambda: known)
    with pytest.raises(ReleasedVersionEdited, match="v2.json of v2"):
        replay_scores(lived_world.store, chosen(lived_world.store, "last"), "v2", partial(rescored, spark))


@pytest.mark.slow
def test_a_version_that_the_release_does_not_hold_is_named(lived_world):
    with pytest.raises(MissingInput, match=r"holds no scores of 'v9'; it holds v1, v2"):
        replay_scores(lived_world.store, chosen(lived_world.store, "last"), "v9", rescore=None)


@pytest.fixture(scope="module")
def restated(spark, tmp_path_factory):
    """The frozen world after its four nights, and its third night again, with one more person on the list."""
    store, _ = lived_nights(spark, tmp_path_factory.mktemp("restated") / "store")
    third = releases(store)[2].snapshot_date
    suppression = store.settings.inbox / "suppression" / str(third) / "suppression.csv"
    suppression.write_text(suppression.read_text() + newly_listed(store))
    facts = {"rows": len(suppression.read_text().splitlines()) - 1, "sha256": file_digest(suppression)}
    suppression.with_name(f"{suppression.name}.manifest.json").write_text(json.dumps(facts))
    run_night(spark, store, third, lambda stage: None)
    return store


def newly_listed(store) -> str:
    """A line of the list for somebody who has a score: an account that is linked to no other."""
    rows = store.arrow("pub__scores", "state = 'scored'", columns=["person_id"]).to_pylist()
    [network, account] = min(row["person_id"] for row in rows if ":" in row["person_id"]).split(":", 1)
    return f"{network},{account}\n"


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_releases_before_and_after_a_restatement_follow_from_what_they_froze(spark, restated, number):
    ledger = releases(restated)
    assert [one.restates_release_id for one in ledger] == [None] * 4 + [ledger[2].release_id]
    release = find_release(restated, ledger[number - 1].snapshot_date, ledger[number - 1].release_id)
    assert replay_scores(restated, release, "v2", partial(rescored, spark)).is_equal
    assert replay_state(restated, release, partial(refolded, spark)).is_equal


@pytest.mark.slow
def test_a_night_goes_on_from_the_release_that_was_there_by_then(restated):
    found = [release_before(restated, release) for release in releases(restated)]
    assert [one and one.release_number for one in found] == [None, 1, 2, 3, 2]


@pytest.mark.slow
def test_the_newest_release_of_a_night_is_replayed_unless_one_is_named(restated):
    *_, third, _, again = releases(restated)
    assert find_release(restated, third.snapshot_date) == again
    assert find_release(restated, third.snapshot_date, third.release_id) == third
    with pytest.raises(MissingInput, match=f"{third.release_id}, {again.release_id}"):
        find_release(restated, third.snapshot_date, "r000009-none")


def test_a_night_without_a_release_has_none_to_choose_from(store):
    with pytest.raises(MissingInput, match=r"expected a release of 2030-01-01, got none\. `candor status` shows"):
        find_release(store, FIRST)


@pytest.fixture
def command(spark, restated, monkeypatch):
    """Runs `candor replay` on the restated world, in the session of the tests."""

    @contextmanager
    def session(settings, name):
        yield spark

    app = typer.Typer()
    app.callback()(lambda: None)
    versions.register(app)
    monkeypatch.setattr("jobs.existing_store.load_settings", lambda: restated.settings)
    monkeypatch.setattr("jobs.session.open_session", session)
    night = str(releases(restated)[2].snapshot_date)
    return lambda *words: CliRunner().invoke(app, ["replay", "--date", night, "--version", "v2", *words])


@pytest.mark.slow
def test_the_command_ends_with_0_and_says_both_digests(command):
    result = command("--from-core", "--json")
    found = json.loads(result.output)
    assert result.exit_code == 0
    assert found["is_equal"] is True
    assert found["released_digest"] == found["replayed_digest"]
    assert [one["table"] for one in found["tables"]] == [
        "pub__scores", "pub__contributions", "pub__evidence", "feature__engagement_state", "feature__post_state"]


@pytest.mark.slow
def test_the_command_ends_with_1_and_shows_the_first_differing_rows(command, monkeypatch):
    usual = run.load_calibration
    monkeypatch.setattr(run, "load_calibration", lambda version: replace(usual(version), reference=1.0))
    result = command()
    assert result.exit_code == 1
    assert "NOT equal" in result.output
    assert "influence_score=" in result.output


@pytest.mark.parametrize(("tonight", "on_the_night_before"), [("twitter", None), (None, "twitter")])
def test_a_held_score_says_nothing_of_the_feeds_that_were_late(store, tonight, on_the_night_before):
    """It was taken over from the night before, with all that stood in its row."""
    release_night(store, FIRST, (), *(
        {"algorithm_version": "v2", "person_id": person, "state": state, "stale_networks": stale}
        for person, state, stale in (("ann", "scored", tonight), ("bob", "held", on_the_night_before))))
    asked = []

    def rescore(night, version, stale_networks):
        asked.append(stale_networks)
        return {staged: night.files(public) for staged, public in REPLAYED.items()}

    assert replay_scores(store, releases(store)[-1], "v2", rescore).is_equal
    assert asked == [tonight]


def test_a_replay_cannot_commit(store, release_nights):
    release_nights(1, "v2")
    [release] = releases(store)
    with frozen(store, release) as night:
        assert Path(night.fresh_folder("staged__scores")).is_relative_to(night.scratch)
        with pytest.raises(PipelineError, match="it may only read"):
            night.append_files("pub__scores", ["x.parquet"])
    assert not night.scratch.exists()


def test_a_frozen_store_reads_what_the_release_froze_and_not_what_came_after(store, release_nights):
    """Both ways of reading: the list of files that the engines take, and the rows."""
    day = {"table": "core__accounts", "where": on_day(FIRST)}
    rows = pa.Table.from_pylist([usual_row("core__accounts")], TABLES["core__accounts"].arrow_schema)
    store.append_rows("core__accounts", rows)
    [release] = releases(release_nights(1, "v2"))
    files = store.files(**day)
    store.replace_day("core__accounts", FIRST, [])
    with frozen(store, release) as night:
        assert night.files(**day) == files != []
        assert night.arrow(**day).to_pylist() == rows.to_pylist()
    assert store.files(**day) == []
