"""Whole stores in which an invariant holds, and the same in which it does not; the command; the handbook."""

import json
import shutil
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from jobs.comparing.verify import frozen_versions, verify
from jobs.doors import verifying
from jobs.errors import MissingInput, NightBlocked
from jobs.ledger import releases
from jobs.publish.candidate import newest_candidate
from jobs.publish.release import release
from jobs.publish.rollback import roll_back
from jobs.settings import Settings
from jobs.storage import Store

FIRST, SECOND = date(2030, 1, 1), date(2030, 1, 2)
HANDBOOK = Path(__file__).resolve().parents[2] / "docs" / "for_auditors.md"


def not_held(outcomes) -> set[tuple[str, str]]:
    """Check and subject of what does not hold."""
    return {(outcome.check, outcome.subject) for outcome in outcomes if not outcome.holds}


def test_rows_that_left_quarantine_are_missed(sound, broken, monkeypatch):
    monkeypatch.setattr("jobs.verifying.deliveries.quarantine_counts", lambda files: {})
    [outcome] = broken(sound)
    assert (outcome.check, outcome.expected, outcome.found) == ("refused_rows_are_in_quarantine", "1 rows", "0 rows")


def test_quarantine_of_a_load_that_was_not_recorded_asks_to_load_again(store, add, broken):
    add("ops__quarantine", {"feed": "twitter", "file_sha256": "ab"})
    [outcome] = broken(store)
    assert outcome.expected == "no delivery of this file"
    assert outcome.next_step.startswith("A load ended before it was recorded")


def test_a_manifest_that_a_killed_load_left_open_holds(sound, broken_checks):
    path = next((sound.settings.home / "landed/mailinglist").rglob("manifest.json"))
    before = path.read_text()
    path.write_text(before.replace('"rows": 2', '"rows": null'))
    assert path.read_text() != before
    assert broken_checks(sound) == set()
    path.write_text(before)


def test_rows_that_no_release_published_are_found(store, release_night, add, broken):
    release_night(FIRST, "mailinglist:ann")
    add("pub__scores", {"person_id": "mailinglist:intruder"})
    found = {(outcome.check, outcome.subject) for outcome in broken(store)}
    assert found == {("readers_see_the_newest_release", "pub__scores"), ("readers_see_whole_releases", "pub__scores")}


def test_rows_before_any_release_are_found(store, add, broken):
    add("pub__scores", {"person_id": "mailinglist:intruder"})
    assert ("readers_see_the_newest_release", "pub__scores") in {(o.check, o.subject) for o in broken(store)}


def test_a_night_that_was_proposed_and_not_judged_is_incomplete(store, propose_night, give_verdict, broken):
    candidate = propose_night(FIRST, "mailinglist:ann")
    [outcome] = broken(store)
    assert (outcome.check, outcome.found) == ("every_night_has_one_state", "proposed and not judged")
    assert "candor night --date 2030-01-01" in outcome.next_step

    give_verdict(candidate, "pass")
    assert [outcome.found for outcome in broken(store)] == ["passed and not released"]

    release(store, candidate)
    assert broken(store) == []


def test_a_blocked_night_is_a_sound_one(store, propose_night, give_verdict, broken):
    give_verdict(propose_night(FIRST, "mailinglist:ann"), "block")
    assert broken(store) == []


def test_running_a_released_night_again_publishes_nothing_and_holds(store, release_night, broken):
    release_night(FIRST, "mailinglist:ann")
    release_night(FIRST, "mailinglist:ann")
    assert len(releases(store)) == 1
    assert broken(store) == []


def test_a_restated_night_holds_and_readers_see_the_newer_one(store, release_night, broken):
    release_night(FIRST, "mailinglist:ann")
    release_night(SECOND, "mailinglist:ann")
    release_night(FIRST, "mailinglist:ann", "mailinglist:bob")
    assert [row.restates_release_id is not None for row in releases(store)] == [False, False, True]
    assert broken(store) == []


def test_a_rerun_that_says_what_readers_see_again_after_a_rollback_holds(store, release_night, broken):
    release_night(FIRST, "mailinglist:ann")
    release_night(FIRST, "mailinglist:bob")
    roll_back(store, releases(store)[0].release_id, "bob was a mistake", "ann")
    release_night(FIRST, "mailinglist:ann")
    assert len(releases(store)) == 2
    assert broken(store) == []


def test_a_rerun_that_says_what_was_rolled_back_is_refused_and_holds(store, release_night, broken):
    """Also when the ledger went on from there: publishing would refuse it whenever it is tried."""
    for person in ("ann", "bob", "cat"):
        release_night(FIRST, f"mailinglist:{person}")
    roll_back(store, releases(store)[0].release_id, "two mistakes", "ann")
    with pytest.raises(NightBlocked, match="rolled back"):
        release_night(FIRST, "mailinglist:bob")
    assert broken(store) == []


def test_a_rerun_that_says_what_was_restated_is_incomplete_until_it_is_released(store, release_night, propose_night, give_verdict, broken):
    release_night(FIRST, "mailinglist:ann")
    release_night(FIRST, "mailinglist:bob")
    candidate = propose_night(FIRST, "mailinglist:ann")
    give_verdict(candidate, "pass")
    assert [outcome.found for outcome in broken(store)] == ["passed and not released"]
    release(store, candidate)
    assert broken(store) == []


def test_a_listed_person_in_a_release_is_found_under_any_account(store, release_night, add, broken):
    add("core__suppressions", {"snapshot_date": FIRST, "network": "mailinglist", "account_id": "zoe"})
    add("core__identity_links",
        {"snapshot_date": FIRST, "network": "mailinglist", "account_id": "zoe", "person_id": "person:zoe"},
        {"snapshot_date": FIRST, "network": "twitter", "account_id": "77", "person_id": "person:zoe"})
    release_night(FIRST, "mailinglist:ann", "mailinglist:zoe", "person:zoe", "twitter:77")
    outcomes = broken(store)
    assert {(outcome.check, outcome.expected, outcome.found) for outcome in outcomes} == {
        ("nobody_listed_is_released", "0", "3")
    }
    assert "zoe" not in json.dumps([vars(outcome) for outcome in outcomes])


def test_who_is_listed_later_may_stay_in_what_was_published_before_and_in_nothing_after(
    store, release_night, add, broken_checks
):
    release_night(FIRST, "mailinglist:ann", "mailinglist:zoe")
    add("core__suppressions", {"snapshot_date": SECOND, "network": "mailinglist", "account_id": "zoe"})
    release_night(SECOND, "mailinglist:ann")
    assert broken_checks(store) == set()

    release_night(FIRST, "mailinglist:ann", "mailinglist:bob", "mailinglist:zoe")
    assert broken_checks(store) == {"nobody_listed_is_released"}

    release_night(FIRST, "mailinglist:ann", "mailinglist:bob")
    assert broken_checks(store) == set()


def test_a_released_version_that_changed_by_one_byte_is_found(scoring_room, tmp_path):
    room = shutil.copytree(scoring_room, tmp_path / "room")
    assert not_held(frozen_versions(room)) == set()
    (room / "algorithms/v1.py").write_bytes(b"ALGORITHM = 2\n")
    assert not_held(frozen_versions(room)) == {("released_versions_are_frozen", "v1")}


def test_a_registry_that_cannot_be_read_is_an_outcome(sound, tmp_path):
    assert ("released_versions_are_frozen", "released.toml") in not_held(verify(sound, tmp_path))


def test_a_home_without_a_store_is_an_error_and_stays_empty(tmp_path):
    home = tmp_path / "nowhere"
    with pytest.raises(MissingInput, match="no store at .*nowhere"):
        verify(Store(Settings(home=home)))
    assert not home.exists()


def test_no_table_is_made_by_looking(store, add, broken):
    add("gate__verdicts", {"verdict": "block"})
    before = store.catalog.list_tables("candor")
    assert broken(store) == []
    assert store.catalog.list_tables("candor") == before


def test_a_candidate_carries_the_digests_that_its_release_has(sound):
    [first, second] = releases(sound)
    candidate = newest_candidate(sound, SECOND)
    assert (candidate.candidate_digest, candidate.files_digest) == (second.candidate_digest, second.files_digest)
    assert first.files_digest != second.files_digest


@pytest.fixture
def command(sound, scoring_room, monkeypatch):
    """Runs `candor verify` on the sound store."""
    app = typer.Typer()
    app.callback()(lambda: None)
    verifying.register(app)
    monkeypatch.setenv("CANDOR_HOME", str(sound.settings.home))
    monkeypatch.setattr(verifying, "verify", partial(verify, scoring_room=scoring_room))
    return lambda *arguments: CliRunner().invoke(app, ["verify", *arguments])


def test_the_command_ends_with_0_when_all_holds(command):
    result = command()
    assert result.exit_code == 0
    assert "0 do not hold" in result.output


def test_the_command_ends_with_1_and_says_what_is_broken(command, sound):
    path = sound.settings.home / releases_file(sound)
    before = path.read_bytes()
    path.write_bytes(before[:-1] + b"\0")
    result, rows = command(), json.loads(command("--json").output)
    path.write_bytes(before)
    assert result.exit_code == 1
    assert "put pub__releases back from a backup" in result.output
    assert [row["check"] for row in rows if not row["holds"]] == ["ledger_files_are_unchanged"]
    assert set(rows[0]) == {"check", "subject", "holds", "expected", "found", "next_step"}


def releases_file(store) -> str:
    return store.files("pub__releases")[0]


@pytest.mark.slow
def test_a_world_that_lived_through_its_nights_holds(lived_world, broken):
    assert broken(lived_world.store) == []


def test_the_recipe_of_the_handbook_follows_the_chain_without_candor(sound):
    recipe = HANDBOOK.read_text().split("```python\n")[1].split("```")[0]
    told = subprocess.run([sys.executable, "-I", "-c", recipe, str(sound.settings.home)],
                          capture_output=True, text=True, check=True).stdout  # fmt: skip
    assert told == "1 2030-01-01 sound\n2 2030-01-02 sound\n"


def test_every_check_is_in_the_handbook(sound, scoring_room):
    handbook = HANDBOOK.read_text()
    assert {outcome.check for outcome in verify(sound, scoring_room) if f"`{outcome.check}`" not in handbook} == set()
