"""The gate report: one page that says why a night was blocked, what to look at first, and every number as CSV (S4, S26)."""

import csv
import json
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from expectations.contract import load_invariants, waivable_names
from jobs.approvals import approve_command
from jobs.cli import app
from jobs.errors import BadInput, MissingInput
from jobs.report.gate import CAPTIONS, page, write_report
from jobs.report.gate_numbers import measured, newest_verdict
from jobs.report.sparklines import HEIGHT, WIDTH, sparkline
from jobs.verdicts import RecordedVerdict
from tests.doors.conftest import commit_releases
from tests.security.sheet_and_page_attacks import MARKUP
from tests.security.test_hostile_pages import Shape
from tests.why.test_why_page import RUNS, Page

NIGHT = date(2030, 1, 3)
WAIVABLE = next(invariant.name for invariant in load_invariants() if invariant.waivable)
HARD = next(invariant.name for invariant in load_invariants() if not invariant.waivable)


def rows(path, name: str) -> list[dict]:
    """The rows of a table beside a page."""
    with (path.parent / f"{name}.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_blocked_night_says_what_to_look_at_and_how_two_people_may_lift_it(judged_nights):
    path = write_report(judged_nights(WAIVABLE), NIGHT)
    text = path.read_text()
    assert "Gate report of 2030-01-03: block" in text
    assert f"Look first at: {WAIVABLE} in audit__shift_metrics." in text
    assert f"candor approve d3 --waive {WAIVABLE} --reason" in text
    assert "1 of 2 did not hold" in text


def test_nobody_is_told_a_command_for_what_nobody_may_waive(judged_nights):
    path = write_report(judged_nights(HARD), NIGHT)
    text = path.read_text()
    assert "candor approve" not in text
    assert "Statistics alone blocked 0 of 3 nights" in text
    assert rows(path, "budget")[0]["blocked_night_count"] == "1"
    assert f"Nobody may waive {HARD}" in text
    both = RecordedVerdict(NIGHT, "three", "d3", "block", (WAIVABLE, HARD), "f3", datetime(2030, 1, 3, 4, tzinfo=UTC))
    assert approve_command(both, waivable_names()) is None


def test_the_numbers_of_a_night_are_beside_its_page(judged_nights, assert_rows):
    path = write_report(judged_nights(WAIVABLE, state="held"), NIGHT)
    assert_rows(rows(path, "feeds"), """
        feed          | delivery_count | is_stale | row_count | kept_row_count | quarantined_row_count
        identity      | 0              | true     | 0         | 0              | 0
        mailinglist   | 0              | true     | 0         | 0              | 0
        minors        | 1              | false    | 4         | 4              | 0
        stackexchange | 0              | true     | 0         | 0              | 0
        suppression   | 0              | true     | 0         | 0              | 0
        twitter       | 1              | false    | 100       | 97             | 3
    """)
    assert_rows(rows(path, "distribution"), """
        from_points | before_count | candidate_count
        20          | 1            | 0
        30          | 1            | 1
        40          | 0            | 1
    """)
    assert_rows(rows(path, "movers"), "before_score | candidate_score | score_delta\n20.0000 | 41.5000 | 21.5000")
    assert_rows(rows(path, "input_output"), """
        snapshot_date | kept_row_count | mean_delta
        2030-01-02    | 90             | 0.25
        2030-01-03    | 97             | 5.25
    """)
    assert_rows(rows(path, "refusals"), "reason_code | row_count\nnul_byte | 2\ninvalid_json | 1")
    assert_rows(rows(path, "holds"), """
        topic_id | held_score | held_delta | accounted_points | held_reason
        _overall | 38.0000    | 30.5000    | 4.2500           | no input explains it
    """)
    assert_rows(rows(path, "budget"), """
        judged_night_count | blocked_night_count | blocked_by_statistics_count | budgeted_false_block_count
        3                  | 1                   | 1                           | 2
    """)
    assert_rows(rows(path, "ledger"), "release_number | release_id\n2 | r2\n1 | r1")
    assert [row["observed"] for row in rows(path, "check_history") if row["invariant"] == WAIVABLE] == ["0.5", "1.5", "5.25"]


def test_nights_on_an_older_state_are_named_in_the_ledger(judged_nights):
    store = judged_nights(WAIVABLE)
    path = write_report(store, NIGHT)
    assert (rows(path, "older_states"), "older state" in path.read_text()) == ([], False)
    commit_releases(store, """
        release_number | release_id | snapshot_date | candidate_id | candidate_digest | verdict | restates_release_id
        3              | r3         | 2030-01-01    | four         | d4               | pass    | r1
    """)
    assert rows(write_report(store, NIGHT), "older_states") == [{"snapshot_date": "2030-01-02", "release_number": "2"}]
    assert "Run `candor night --from 2030-01-02 --to` the newest one" in path.read_text()


@pytest.fixture
def assert_rows():
    """Compares rows with a printed table, in its columns."""

    def compare(found: list[dict], text: str) -> None:
        header, *expected = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
        assert [[row[name] for name in header] for row in found] == expected

    return compare


def test_no_person_is_named_and_a_person_has_one_pseudonym(judged_nights):
    path = write_report(judged_nights(WAIVABLE), NIGHT)
    for file in path.parent.iterdir():
        assert b"twitter:ann" not in file.read_bytes()
    mover, offender = rows(path, "movers")[0]["person_id"], rows(path, "checks")[0]["offenders"]
    assert offender == f"{mover} moved most"


def test_the_page_loads_and_runs_nothing_and_every_drawing_has_words(judged_nights):
    found = Page(write_report(judged_nights(WAIVABLE), NIGHT).read_text())
    assert RUNS & set(found.tags) == set()
    addresses = {value for name, value in found.attributes if name in ("src", "href")}
    assert {value for value in addresses if not value.startswith("#")} == {
        f"{name}.{kind}" for name in CAPTIONS for kind in ("csv", "parquet")} - {
        "holds.csv", "holds.parquet", "older_states.csv", "older_states.parquet", "check_history.parquet"}
    assert found.tags.count("svg") == len(found.texts["title"]) - 1
    assert "3 of 3 nights measured, 0.5 to 5.25, last 5.25" in found.texts["title"]


@pytest.mark.parametrize("attack", ["script", "attribute", "end of style", "turned reading"])
def test_a_hostile_text_of_a_finding_leaves_the_page_as_it_is(judged_nights, attack):
    store = judged_nights(WAIVABLE)
    harmless = Shape(write_report(store, NIGHT).read_text()).tags
    found = newest_verdict(store, NIGHT)
    tables = measured(store, found)
    checks = tables["checks"]
    for column in ("offenders", "why"):
        texts = pa.array([None if text is None else MARKUP[attack] for text in checks[column].to_pylist()], pa.string())
        checks = checks.set_column(checks.column_names.index(column), column, texts)
    assert Shape(page(found, tables | {"checks": checks})).tags == harmless


def test_a_report_replaces_a_report_and_nothing_else(judged_nights, tmp_path):
    store = judged_nights(WAIVABLE)
    write_report(store, NIGHT)
    write_report(store, NIGHT)
    assert [path.name for path in (store.settings.home / "reports" / "gate").iterdir()] == ["2030-01-03"]
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("mine")
    with pytest.raises(BadInput, match="--out"):
        write_report(store, NIGHT, theirs)
    assert (theirs / "thesis.txt").read_text() == "mine"


def test_a_night_that_was_never_judged_has_no_report(judged_nights):
    with pytest.raises(MissingInput, match="candor status"):
        write_report(judged_nights(), date(2031, 1, 1))


def test_the_command_tells_a_machine_the_verdict_and_the_command(judged_nights, monkeypatch):
    store = judged_nights(WAIVABLE)
    monkeypatch.setenv("CANDOR_HOME", str(store.settings.home))
    done = CliRunner().invoke(app, ["report", "--date", "2030-01-03", "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert (told["verdict"], told["blocked_by"]) == ("block", WAIVABLE)
    assert told["approve_command"].startswith("candor approve d3 --waive")


@pytest.mark.parametrize(("values", "words"), [
    ([1.0, 2.0, 4.0], "3 of 3 nights measured, 1 to 4, last 4"), ([3.0], "1 of 1 nights measured, 3 to 3, last 3"),
    ([None, 2.0, None], "1 of 3 nights measured, 2 to 2, last 2"), ([None], "never measured"), ([], "never measured"),
])
def test_a_sparkline_stays_in_its_drawing_and_says_its_numbers(values, words):
    line = sparkline(values, (None, 3.0))
    assert line.description == words
    places = [tuple(map(float, place.split(","))) for place in line.points.split()]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert len(places) == sum(value is not None for value in values)


def test_a_limit_is_drawn_only_between_the_values():
    assert len(sparkline([1.0, 4.0], (None, 3.0)).limits) == 1
    assert sparkline([1.0, 4.0], (None, 9.0)).limits == ()
