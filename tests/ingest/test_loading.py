"""Every row of a delivery ends in one place: kept, quarantined, suppressed or out of scope."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from jobs import failpoints
from jobs.errors import BadInput, PipelineError
from jobs.ingest import parts
from jobs.ingest.__main__ import app
from jobs.ingest.contract import Account, SourceRow
from jobs.ingest.feeds import ingest_feed
from jobs.ingest.records import defect_of
from jobs.ingest.summary import Tally
from jobs.tables import TABLES

DAY = date(2030, 1, 1)


def counts(file):
    return {"in": file.row_count, "kept": file.kept, "quarantined": file.quarantined,
            "suppressed": file.suppressed, "out_of_scope": file.out_of_scope}  # fmt: skip


def test_rows_in_are_kept_quarantined_suppressed_or_out_of_scope(store, network, deliver, deliver_list):
    ingest_feed(store, "minors", [deliver_list("m.csv", "network,account_id\ndemo,kid")], DAY)
    file = deliver("a.demo", """
        k1 2030-01-01 @ann 1/ann
        k2 2030-01-01 @kid 2/kid
        k3 2030-01-02 @bob
        k1 2030-01-01 @ann 1/ann
        !impossible_date
        ~tags
        k4 - @cy
    """)
    summary = ingest_feed(store, "demo", [file], DAY, connector=network).files[0]
    assert counts(summary) == {"in": 7, "kept": 2, "quarantined": 1, "suppressed": 1, "out_of_scope": 3}
    assert summary.reasons == {"duplicate": 1, "impossible_date": 1, "other_day": 1, "tags": 1}


def test_records_become_rows_in_table_order(store, network, deliver, look):
    ingest_feed(store, "demo", [deliver("a.demo", "k1 2030-01-01 @ann 1/ann 9:bob>ann 10:>")], DAY, connector=network)
    assert look("core__accounts", "snapshot_date network account_id account_name") == ["2030-01-01 demo ann None"]
    columns = "network post_id author_account_id posted_at post_text native_labels"
    assert look("core__posts", columns) == ["demo 1 ann 2030-01-01 12:00:00+00:00 made up demo"]
    columns = "interaction_id kind engager_account_id author_account_id interaction_count"
    assert look("core__interactions", columns) == ["10 reply None None 1", "9 reply bob ann 1"]


def test_all_dates_puts_each_row_on_its_event_day(store, network, deliver, look):
    file = deliver("a.demo", "k1 2030-01-01 1/ann\nk2 2030-01-03 2/ann")
    summary = ingest_feed(store, "demo", [file], None, connector=network)
    assert look("core__posts", "snapshot_date post_id") == ["2030-01-01 1", "2030-01-03 2"]
    assert look("ops__deliveries", "covers_from_date covers_to_date") == ["2030-01-01 2030-01-03"]
    assert summary.dates == (date(2030, 1, 1), date(2030, 1, 3))


def test_profiles_without_a_time_belong_to_the_last_day_of_the_delivery(store, network, deliver, look):
    files = [deliver("a.demo", "k1 - @ann"), deliver("b.demo", "k2 2030-01-01 1/ann\nk3 2030-01-03 2/ann")]
    summary = ingest_feed(store, "demo", files, None, connector=network)
    assert look("core__accounts", "snapshot_date account_id") == ["2030-01-03 ann"]
    assert [counts(file)["kept"] for file in summary.files] == [1, 2]
    assert look("ops__deliveries", "file_name covers_from_date covers_to_date") == [
        "deliveries/a.demo 2030-01-01 2030-01-03", "deliveries/b.demo 2030-01-01 2030-01-03",
    ]  # fmt: skip


def test_profiles_without_any_day_are_refused(store, network, deliver, look):
    with pytest.raises(BadInput, match="1 rows have no time of their own"):
        ingest_feed(store, "demo", [deliver("a.demo", "k1 - @ann")], None, connector=network)
    assert look("ops__deliveries", "file_name") == []


def test_an_account_met_in_many_rows_is_one_row_a_day_and_every_row_is_kept(store, network, deliver, look):
    file = deliver("a.demo", "k1 2030-01-01 @ann 1/ann\nk2 2030-01-01 @ann 2/ann\nk3 2030-01-02 @ann 3/ann")
    assert ingest_feed(store, "demo", [file], None, connector=network).files[0].kept == 3
    assert look("core__accounts", "snapshot_date account_id") == ["2030-01-01 ann", "2030-01-02 ann"]


def test_a_second_delivery_adds_only_what_is_new(store, network, deliver, look):
    ingest_feed(store, "demo", [deliver("a.demo", "k1 2030-01-01 @ann 1/ann")], DAY, connector=network)
    second = deliver("b.demo", "k1 2030-01-01 @ann 1/ann\nk2 2030-01-01 @ann 2/ann")
    summary = ingest_feed(store, "demo", [second], DAY, connector=network).files[0]
    assert (summary.kept, summary.reasons) == (1, {"duplicate": 1})
    assert look("core__posts", "post_id") == ["1", "2"]
    assert look("core__accounts", "account_id") == ["ann"]


def test_the_same_id_on_another_network_is_another_post(store, network, deliver, look):
    for feed in ("demo", "other"):
        file = deliver(f"{feed}.demo", "k1 2030-01-01 1/ann")
        assert ingest_feed(store, feed, [file], DAY, connector=network).files[0].kept == 1
    assert look("core__posts", "network post_id") == ["demo 1", "other 1"]


@pytest.mark.parametrize("place", ["catalog.metadata_written", "catalog.pointer_moved", "catalog.before_commit",
                                   "ingest.tables_committed"])
def test_a_load_that_dies_at_its_commit_can_be_run_again_and_counts_the_same(
        store, network, deliver, look, place):
    file = deliver("a.demo", "k1 2030-01-01 @ann 1/ann\nk2 2030-01-01 @bob 9:bob>ann\n!missing_id")
    failpoints.arm(failpoints.parsed(f"{place}:raise"))
    with pytest.raises(failpoints.ReachedFailpoint):
        ingest_feed(store, "demo", [file], DAY, connector=network)
    failpoints.arm(None)
    ingest_feed(store, "demo", [file], DAY, connector=network)
    assert look("core__accounts", "account_id") == ["ann", "bob"]
    assert look("core__posts", "post_id") == ["1"]
    assert look("core__interactions", "interaction_id") == ["9"]
    assert look("ops__quarantine", "row_number reason_code") == ["3 missing_id"]
    assert look("ops__deliveries", "file_name row_count kept_row_count") == ["deliveries/a.demo 3 2"]


def test_a_file_cut_short_keeps_its_rows_and_is_marked_incomplete(store, network, deliver, look):
    file = deliver("a.demo", "k1 2030-01-01 @ann\n!truncated_gzip\nCUT")
    summary = ingest_feed(store, "demo", [file], DAY, connector=network).files[0]
    assert (summary.kept, summary.quarantined, summary.is_complete) == (1, 1, False)
    assert look("ops__deliveries", "is_complete row_count") == ["False 2"]


def test_a_refused_file_is_one_quarantined_row_with_number_zero(store, network, deliver, look):
    summary = ingest_feed(store, "demo", [deliver("a.demo", "HOSTILE")], None, connector=network).files[0]
    assert counts(summary) == {"in": 1, "kept": 0, "quarantined": 1, "suppressed": 0, "out_of_scope": 0}
    assert look("ops__quarantine", "row_number reason_code") == ["0 file_refused"]
    assert look("ops__deliveries", "covers_from_date is_complete") == ["1970-01-01 False"]


def test_a_bad_row_is_quarantined_once_whatever_days_its_file_is_loaded_for(store, network, deliver, look):
    file = deliver("a.demo", "k1 2030-01-01 @ann\n!missing_id")
    for day in (DAY, date(2030, 1, 2)):
        assert ingest_feed(store, "demo", [file], day, connector=network).files[0].quarantined == 1
    assert look("ops__quarantine", "row_number reason_code") == ["2 missing_id"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (SourceRow(1, "k1", records=()), "wrong_shape"),
        (SourceRow(1, "", records=(Account("ann"),)), "missing_id"),
        (SourceRow(1, "k1", records=(Account("ann", account_name="\ud83d"),)), "invalid_utf8"),
        (SourceRow(1, "k1", records=(Account("ann"),)), None),
    ],
)
def test_a_row_that_its_connector_thought_good_is_looked_at_again(row, reason):
    assert defect_of(row) == reason


def test_a_row_that_is_counted_twice_stops_the_load(store, network, deliver, look, monkeypatch):
    def refuse_twice(self, reason):
        self.quarantined += 2

    monkeypatch.setattr(Tally, "refuse", refuse_twice)
    with pytest.raises(PipelineError, match="expected 1 rows to be accounted for"):
        ingest_feed(store, "demo", [deliver("a.demo", "!missing_id")], DAY, connector=network)
    assert look("ops__quarantine", "row_number") == []


def test_buffers_are_written_when_they_are_full_and_no_row_is_lost(store, network, deliver, look, monkeypatch):
    monkeypatch.setattr(parts, "MAX_BUFFERED_ROWS", 10)
    file = deliver("a.demo", "\n".join(f"k{n} 2030-01-0{1 + n % 2} {n}/ann" for n in range(35)))
    ingest_feed(store, "demo", [file], None, connector=network)
    assert look("core__posts", "post_id") == sorted(str(n) for n in range(35))
    assert len(store.files("core__posts")) == 4 * 2


def test_files_hold_the_columns_of_the_table(store, network, deliver):
    ingest_feed(store, "demo", [deliver("a.demo", "k1 2030-01-01 1/ann")], DAY, connector=network)
    assert store.arrow("core__posts").schema.names == TABLES["core__posts"].column_names


def test_progress_tells_rows_and_finished_bytes(store, network, deliver):
    told = []
    file = deliver("a.demo", "k1 2030-01-01 @ann\n~other")
    ingest_feed(store, "demo", [file], DAY, connector=network, on_progress=lambda *done: told.append(done))
    assert told == [(2, file.stat().st_size)]


def test_the_scratch_folder_is_empty_after_a_load(store, network, deliver):
    ingest_feed(store, "demo", [deliver("a.demo", "k1 2030-01-01 @ann")], DAY, connector=network)
    assert list((store.settings.home / "scratch").iterdir()) == []


def test_a_summary_is_one_line_of_json(store, network, deliver):
    summary = ingest_feed(store, "demo", [deliver("a.demo", "k1 2030-01-01 @ann")], DAY, connector=network)
    told = json.loads(summary.to_json())
    assert (told["feed"], told["dates"], told["files"][0]["in"]) == ("demo", ["2030-01-01"], 1)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs `python -m jobs.ingest` on a store of its own, with some words."""
    monkeypatch.setenv("CANDOR_HOME", str(tmp_path / "home"))
    return lambda *words: CliRunner().invoke(app, ["--feed", "twitter", *map(str, words)])


def test_the_command_prints_one_line_of_json_per_file(command, deliver):
    status = {"id_str": "1", "created_at": "Tue Jan 01 12:00:00 +0000 2030", "full_text": "made up",
              "user": {"id_str": "7", "screen_name": "ann"}}  # fmt: skip
    done = command("--snapshot-date", "2030-01-01", deliver("a.jsonl", json.dumps(status)))
    assert (done.exit_code, [json.loads(line)["kept"] for line in done.stdout.splitlines()]) == (0, [1])


def test_the_command_says_that_nothing_waits_for_a_day(command):
    done = command("--snapshot-date", "2030-01-01")
    assert (done.exit_code, done.stdout) == (0, "twitter: not delivered for 2030-01-01\n")


@pytest.mark.parametrize(("words", "said"), [
    (["--all-dates", "gone.jsonl"], "gone.jsonl: no such file"),
    (["--all-dates"], "--all-dates needs the files to load"),
    (["--all-dates", "--snapshot-date", "2030-01-01"], "needs one of --snapshot-date D"),
    (["gone.jsonl"], "needs one of --snapshot-date D"),
])
def test_the_command_says_what_is_wrong(command, words, said):
    done = command(*words)
    assert isinstance(done.exception, PipelineError)
    assert said in str(done.exception)


@pytest.mark.parametrize(
    ("feed", "folder", "row_count", "kept"),
    [("twitter", "twitter-user2019", 2 * 8_318, 8_318), ("mailinglist", "mbox-rlists-2019", 3_104, 3_078)],
)
def test_real_deliveries_keep_the_counted_rows_once(store, real_data, feed, folder, row_count, kept):
    files = ingest_feed(store, feed, [real_data / folder], None).files
    assert (sum(file.row_count for file in files), sum(file.kept for file in files)) == (row_count, kept)
    for table in ("core__accounts", "core__posts", "core__interactions"):
        keys = store.arrow(table, columns=list(TABLES[table].key))
        assert keys.group_by(keys.column_names).aggregate([]).num_rows == keys.num_rows
