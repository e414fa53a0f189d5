"""A person who is forgotten is in no byte of the store, does not come back, and the ledger still tells (S55, S56)."""

import json
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.crash.traces import holding
from jobs.audit.replay import replay_scores, replay_state, with_state
from jobs.cli import app
from jobs.comparing.compare import compare
from jobs.comparing.replaying import refolded, rescored
from jobs.comparing.verify import verify
from jobs.errors import BadInput, PipelineError
from jobs.events import events
from jobs.forgetting import forget as forgetting
from jobs.ingest.feeds import ingest_feed
from jobs.ingest.loaded import deliveries
from jobs.ledger import newest_release, releases
from jobs.nights.night import run_night
from jobs.storage import Store, on_day
from tests.privacy.conftest import CANARY, FIRST, HANDLE, SECOND, WANTED, next_day, statuses

PUBLISHED = ("pub__scores", "pub__contributions", "pub__evidence")


def people(store: Store, table: str = "pub__scores") -> set[str]:
    return set(Store(store.settings).arrow(table)["person_id"].to_pylist())


def broken(store: Store) -> list[str]:
    return [f"{one.check}: {one.subject}" for one in verify(store) if not one.holds]


@pytest.fixture(scope="module")
def forgotten(lived):
    """What the store held before, what a preview said, and the erasure."""
    before = holding(lived.settings.home, CANARY)
    heads = [(one.release_number, one.chain_hash, one.table_snapshots) for one in releases(lived)]
    preview = forgetting.preview(lived, WANTED)
    unchanged = holding(lived.settings.home, CANARY)
    done = forgetting.forget(lived, WANTED, "ann")
    return {"before": before, "preview": preview, "unchanged": unchanged, "done": done, "heads": heads}


def test_the_canary_is_all_over_the_store_before_and_a_preview_changes_nothing(forgotten):
    places = " ".join(forgotten["before"])
    for place in ("landed/", "inbox/", "warehouse/core", "warehouse/feature", "warehouse/staged", ".avro", "reports/",
                  "airflow/logs"):
        assert place in places
    assert forgotten["unchanged"] == forgotten["before"]
    assert forgotten["preview"].event_number is None
    assert forgotten["preview"].tables["core__posts"]["erased_row_count"] > 0


def test_no_byte_cell_dictionary_or_statistic_holds_the_canary(lived, forgotten):
    assert forgotten["done"].left == []
    assert holding(lived.settings.home, CANARY, f"@{HANDLE}") == []
    assert not (lived.settings.home / "reports" / "compare" / "pack").exists()


def test_others_keep_their_rows_and_their_words(lived, forgotten):
    posts = Store(lived.settings).arrow("core__posts").to_pylist()
    assert {"ann-00001", "bob-00002"} <= {row["author_account_id"] for row in posts}
    texts = [row["post_text"] for row in posts if "is fine" in row["post_text"]]
    assert texts == [f"jazz by {forgotten['done'].erasure} is fine #jazz"] * 2
    assert "ann" in people(lived)
    log = (lived.settings.home / "airflow/logs/run.log").read_text()
    assert log == f"a line about {forgotten['done'].erasure}, and one about twitter:ann-00001\n"


def test_the_ledger_and_its_snapshots_are_as_they_were_and_verify_says_how_many_rows_went(lived, forgotten):
    assert [(one.release_number, one.chain_hash, one.table_snapshots)
            for one in releases(lived)][: len(forgotten["heads"])] == forgotten["heads"]
    assert broken(lived) == []
    told = [one.subject for one in verify(lived) if one.check == "released_files_are_unchanged"]
    assert ["rows erased" in subject for subject in told[:2]] == [True, False]


def test_the_proof_is_one_event_without_the_id(lived, forgotten):
    [event] = [event for event in events(lived) if event.event_type == "person_erased"]
    assert (event.made_by, event.subject) == ("ann", forgotten["done"].erasure)
    said = json.dumps(event.to_row(), default=str)
    assert CANARY not in said
    assert event.details["tables"]["core__accounts"]["erased_row_count"] == 1
    assert [night["erased_row_count"] > 0 for night in event.details["nights"].values()] == [True]


def test_a_replay_of_the_night_before_follows_but_for_what_was_erased(spark, lived, forgotten):
    """Ann's score counted the canary, and stays as released; nothing else differs, and the state follows, too."""
    night = newest_release(lived, on=FIRST)
    found = with_state(replay_scores(lived, night, "v2", partial(rescored, spark)),
                       replay_state(lived, night, partial(refolded, spark)))
    assert (found.is_equal, found.follows) == (False, True)
    assert (found.erased.erasure_count, found.erased.account_count, found.erased.row_count > 0) == (1, 1, True)
    assert {one.table: one.differing_row_count for one in found.tables} == {
        "pub__scores": 2, "pub__contributions": 0, "pub__evidence": 0, "feature__engagement_state": 0,
        "feature__post_state": 2}
    after = replay_scores(lived, newest_release(lived, on=SECOND), "v2", partial(rescored, spark))
    assert (after.is_equal, after.erased.row_count) == (True, 0)


def test_the_pack_of_the_night_before_says_that_rows_are_missing_by_erasure(lived, forgotten, tmp_path):
    pack = compare(lived, "v1", "v2", FIRST, tmp_path / "pack")
    rows = forgotten["done"].nights.popitem()[1]["erased_row_count"]
    assert (pack.headline["differing_score_count"], pack.headline["erased_row_count"]) == (0, rows)
    assert f"{rows} released rows of this night are missing by erasure" in (pack.folder / "index.html").read_text()


def test_forgetting_again_finds_nothing_and_writes_no_event(lived, forgotten):
    again = forgetting.forget(Store(lived.settings), WANTED, "ann")
    assert (again.event_number, again.tables, again.landed_file_count, again.left) == (None, {}, 0, [])


def test_the_old_files_delivered_again_do_not_bring_the_person_back(lived, forgotten, deliver_again):
    rows = len(Store(lived.settings).arrow("core__posts"))
    for day in (FIRST, SECOND):
        deliver_again(day)
    assert holding(lived.settings.home, CANARY) == []
    assert len(Store(lived.settings).arrow("core__posts")) == rows
    assert broken(lived) == []


def test_rows_that_were_cut_before_landing_are_counted_as_suppressed(lived, forgotten):
    """The night that left the canary out had cut its rows at landing; an old file for another day has them cut now."""
    own, all_rows = sum(names_canary(one) for one in statuses(SECOND)), len(statuses(SECOND))
    counts = {(row["row_count"], row["suppressed_row_count"]) for row in deliveries(lived, "twitter", SECOND)}
    assert counts == {(all_rows, own)}
    old = lived.settings.home.parent / "old_inbox" / "twitter" / FIRST.isoformat()
    [file] = ingest_feed(lived, "twitter", [old], date(2029, 12, 31)).files
    assert (file.recognised, file.row_count, file.suppressed) == (False, all_rows, own)
    assert file.out_of_scope == all_rows - own > 0
    assert holding(lived.settings.home, CANARY) == []


def names_canary(one: dict) -> bool:
    return CANARY in json.dumps({**one, "text": ""})


def test_a_night_on_which_the_person_goes_on_is_released_without_them(spark, lived, forgotten):
    store = Store(lived.settings)
    day = next_day(store)
    result = run_night(spark, store, day, lambda stage: None)
    assert result.verdict in ("pass", "warn", "hold"), result.findings
    assert "ann" in set(store.arrow("pub__scores", on_day(day))["person_id"].to_pylist())
    inside = [path for path in holding(store.settings.home, CANARY) if not path.startswith("inbox/")]
    assert inside == []
    assert broken(lived) == []


def test_tampering_after_an_erasure_is_found_and_stops_the_next_one(lived, forgotten):
    path = Path(Store(lived.settings).files("pub__scores")[0])
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\0")
        assert any(line.startswith("released_files_are_unchanged") for line in broken(lived))
        with pytest.raises(PipelineError, match="would vouch for the change"):
            forgetting.forget(Store(lived.settings), "twitter:dan-00004", "ann")
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("wanted", ["nobody", "elsewhere:1", "twitter:", ""])
def test_what_is_no_id_is_refused_and_not_repeated(lived, wanted):
    with pytest.raises(BadInput) as refused:
        forgetting.preview(lived, wanted)
    assert not wanted or wanted not in str(refused.value).replace("network:account_id", "").replace("twitter,", "")


def test_a_request_for_the_dag_names_nobody(lived, forgotten):
    run = CliRunner().invoke(app, ["--home", str(lived.settings.home), "forget", "--request", WANTED, "--by", "ann"])
    assert isinstance(run.exception, BadInput)
    name = forgetting.leave_out(Store(lived.settings), "twitter:cat-00003")
    path = lived.settings.home / "keys" / "requests" / name
    assert (json.loads(path.read_text()), path.stat().st_mode & 0o777) == ([["twitter", "cat-00003"]], 0o600)
    with pytest.raises(PipelineError, match="Run the next night"):
        forgetting.require_left_out(Store(lived.settings), "twitter:cat-00003")
