"""What a night is measured against: unblocked nights that stand, never itself; and where to look first (S4, S7, S56)."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jobs.errors import BadInput
from jobs.gate.attribution import first_suspect
from jobs.gate.calendar import CALENDAR, SIGNATURE, events_in, load_calendar, sign
from jobs.gate.decide import Finding
from jobs.gate.drift import Drift
from jobs.gate.footers import file_columns
from jobs.gate.frozen import frozen_file_rows
from jobs.gate.history import judged
from jobs.gate.past import Expected, Released, past_in, unblocked_nights
from jobs.gate.surprise import LARGEST_SHIFT, SLOW_DRIFT, rows_of
from jobs.gate.suspects import Suspect
from jobs.settings import Settings
from jobs.tables import TABLES

NIGHT = date(2030, 6, 3)
FIRST, SECOND, THIRD = (NIGHT - timedelta(days=back) for back in (3, 2, 1))
EXPECTED = Expected(frozenset({"v2"}), frozenset({"twitter"}))


@pytest.mark.parametrize(("verdict", "is_standing", "is_legitimate", "is_history"), [
    ("pass", True, False, True), ("warn", True, False, True), ("hold", True, False, True),
    ("block", True, False, False), ("block", True, True, True), ("pass", False, False, False),
    ("block", False, True, False), (None, True, False, False),
])
def test_a_night_is_history_when_it_stands_and_was_not_blocked_or_was_called_real(
    verdict, is_standing, is_legitimate, is_history
):
    verdicts = {FIRST: verdict} if verdict else {}
    released = Released(frozenset({FIRST} if is_standing else ()), frozenset({FIRST} if is_legitimate else ()))
    assert (FIRST in unblocked_nights(verdicts, released)) is is_history


def test_the_night_itself_and_blocked_nights_are_not_in_the_history():
    rows = [(day, "mean_delta", "all", "v2", value)
            for day, value in [(FIRST, 0.1), (SECOND, 9.0), (THIRD, 0.2), (NIGHT, 5.0)]]
    past = past_in(rows, NIGHT, {FIRST, THIRD}, EXPECTED)
    assert past.history["mean_delta/all/v2"].to_dict() == {FIRST: 0.1, THIRD: 0.2}
    assert past.tonight.to_dict() == {"mean_delta/all/v2": 5.0}


@pytest.mark.parametrize(("series", "is_expected"), [
    ("mean_delta/all/v2", True), ("mean_delta/all/v1", False), ("log_rows/twitter/_input", True),
    ("log_rows/mailinglist/_input", False), ("mean_delta/topic:jazz/v2", False), ("mean_delta/topic:folk/v2", True),
])
def test_retired_versions_absent_optional_networks_and_topics_grown_small_are_not_missed(series, is_expected):
    assert EXPECTED.covers(series, {"mean_delta/topic:folk/v2"}) is is_expected


def nights(count: int) -> pd.DataFrame:
    """Calm nights: an input, and an output that follows it a little."""
    noise = np.random.default_rng(4)
    rows = noise.normal(7, 0.1, count)
    days = [NIGHT - timedelta(days=count - i) for i in range(count)]
    return pd.DataFrame({
        "log_rows/twitter/_input": rows, "log_engagers/twitter/_input": rows - 1 + noise.normal(0, 0.02, count),
        "mean_delta/all/v2": 4 * (rows - 7) + noise.normal(0, 0.05, count),
    }, index=days)


def share_of_budget(history: pd.DataFrame, **tonight: float) -> float:
    calm = {"log_rows/twitter/_input": 7.0, "log_engagers/twitter/_input": 6.0, "mean_delta/all/v2": 0.0}
    named = {next(series for series in calm if series.startswith(name)): value for name, value in tonight.items()}
    found = judged(history, pd.Series(calm | named), NIGHT, (), 2.0)
    [row] = [row for row in rows_of(found).to_pylist() if row["judgement"] == LARGEST_SHIFT]
    return row["observed"]


def test_a_real_surge_passes_and_the_same_output_without_its_input_blocks():
    history = nights(130)
    assert share_of_budget(history, log_rows=7.6, log_engagers=6.6, mean_delta=1.6) <= 1
    assert share_of_budget(history, mean_delta=1.6) > 1


def test_a_lost_feed_blocks():
    assert share_of_budget(nights(130), log_rows=6.0, log_engagers=5.0) > 1


@pytest.mark.parametrize("age", [1, 20, 130], ids=["one night old", "cold", "normal"])
def test_a_missing_series_blocks_a_store_of_any_age(age):
    assert share_of_budget(nights(age), mean_delta=math.nan) == math.inf


def test_a_store_younger_than_28_nights_is_left_to_the_fixed_limits():
    assert share_of_budget(nights(27), mean_delta=9.0) == 0
    assert share_of_budget(nights(40), mean_delta=9.0) > 1


EVENT = '[[event]]\ndate = 2030-12-25\nmetric = "log_rows"\nfactor = 2.0\nreason = "holiday"\n'


@pytest.fixture
def signed(tmp_path) -> Settings:
    settings = Settings(home=tmp_path, calendar_key="a key of the operator")
    (tmp_path / CALENDAR).write_text(EVENT)
    sign(settings)
    return settings


def test_a_signed_calendar_counts_and_none_is_no_fault(signed, tmp_path):
    [event] = load_calendar(signed).events
    assert (event.date, event.metric_name, event.factor) == (date(2030, 12, 25), "log_rows", 2.0)
    assert load_calendar(Settings(home=tmp_path / "elsewhere")).faults == ()


@pytest.mark.parametrize("tamper", [
    lambda home: (home / CALENDAR).write_text(EVENT.replace("2.0", "3.0")),
    lambda home: (home / SIGNATURE).unlink(),
    lambda home: (home / SIGNATURE).write_text("0" * 64),
])
def test_a_calendar_that_was_tampered_with_says_nothing_and_is_a_fault(signed, tamper):
    tamper(signed.home)
    assert load_calendar(signed).events == ()
    assert load_calendar(signed).faults


def test_another_key_or_none_is_a_fault(signed):
    for key in ("", "another"):
        assert load_calendar(Settings(home=signed.home, calendar_key=key)).faults


@pytest.mark.parametrize("text", [
    EVENT.replace("2.0", "3.1"), EVENT.replace("2.0", "0.5"), EVENT.replace("2.0", "nan"), EVENT.replace("holiday", " "),
    EVENT.replace("metric", "metrik"), "[[event]", EVENT.replace("2030-12-25", '"soon"'),
])
def test_a_calendar_may_not_say_more_than_it_may(text):
    with pytest.raises(BadInput, match=CALENDAR):
        events_in(text)


def broken(table: str, offenders: str | None, severity: str = "block") -> Finding:
    return Finding(table, f"of_{table}", severity, 1.0, None, 0.0, False, offenders, "An example.")


FEEDS = ("twitter", "mailinglist", "minors")
COHORT = (Suspect("cohort", "topic:jazz", "mean_delta/topic:jazz/v2"),)
FEED = (Suspect("feed", "twitter", "log_rows/twitter/_input"),)


@pytest.mark.parametrize(("findings", "by_history", "suspect"), [
    ([broken("ops__deliveries", "mailinglist posts.gz")], FEED, "feed mailinglist"),
    ([broken("core__suppressions", "minors twitter 7")], (), "feed minors"),
    ([broken("core__post_topics", "twitter p1")], (), "stage topics"),
    ([broken("pub__scores", "ann jazz v2"), broken("feature__engagement_days", "twitter")], (), "stage engagement"),
    ([broken("audit__shift_metrics", "x")], COHORT, "cohort topic:jazz"),
    ([broken("audit__shift_metrics", "x"), broken("pub__scores", "ann")], FEED, "feed twitter"),
    ([broken("audit__shift_metrics", "x")], (), "stage scoring"),
    ([broken("staged__candidates", "core__posts a/b posted_at")], (), "stage ingest"),
    ([broken("gate__findings", "raised")], (), "stage gate"),
    ([broken("pub__scores", "ann", "warn")], FEED, None),
])
def test_the_first_suspect_follows_the_flow(findings, by_history, suspect):
    assert first_suspect(findings, by_history, FEEDS) == suspect


def test_the_released_versions_of_this_checkout_are_as_released():
    rows = frozen_file_rows().to_pylist()
    assert {row["algorithm_version"] for row in rows} >= {"v1", "v2"}
    assert all(row["found"] == row["expected"] for row in rows)


def test_a_footer_tells_types_and_nulls(store):
    rows = [{"snapshot_date": NIGHT, "network": "twitter", "account_id": "7"}, {"snapshot_date": NIGHT}]
    store.append_rows("core__accounts", pa.Table.from_pylist(rows, schema=TABLES["core__accounts"].arrow_schema))
    told = {row["column_name"]: row for row in file_columns({"core__accounts": store.files("core__accounts")}).to_pylist()}
    assert (told["account_id"]["column_type"], told["account_id"]["null_count"]) == ("string", 1)
    assert (told["account_created_at"]["column_type"], told["network"]["null_count"]) == ("timestamp[us, tz=UTC]", 1)


@pytest.mark.parametrize("order", [(3.0, math.nan), (math.nan, 3.0)])
def test_a_drift_that_cannot_be_computed_is_not_hidden_by_that_of_another_version(order):
    found = replace(judged(nights(130), pd.Series(dtype=float), NIGHT, (), 2.0), drift=tuple(
        Drift(f"mean_delta/all/v{number}", cusum) for number, cusum in enumerate(order, 1)))
    [row] = [row for row in rows_of(found).to_pylist() if row["judgement"] == SLOW_DRIFT]
    assert math.isnan(row["observed"])
