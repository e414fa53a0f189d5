"""Great Expectations passes empty and all-NaN batches and may lose results: the wrapper must not."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from expectations.contract import Invariant
from jobs.errors import PipelineError
from jobs.gate import judge as wrapper
from jobs.gate.judge import judge, metric_frame
from jobs.gate.measure import Measurement, measured
from jobs.gate.relations import Relations, open_connection
from jobs.settings import Settings


def invariant(name: str, **limits) -> Invariant:
    return Invariant(severity="block", why="An example.", measure="SELECT 0", table="pub__scores", name=name,
                     **(limits or {"limit_max": 0.0}))


ROWS = invariant("no_bad_rows")
SHARE = invariant("share_in_bounds", limit_min=0.8, limit_max=1.5)
BOTH = (ROWS, SHARE)


def frame(**columns) -> pd.DataFrame:
    return pd.DataFrame([columns]).astype("float64")


def test_a_frame_within_all_limits_is_kept_without_a_surprise():
    judgement = judge(frame(no_bad_rows=0, share_in_bounds=1.5), BOTH)
    assert judgement.kept == {"no_bad_rows", "share_in_bounds"}
    assert judgement.surprises == ()


@pytest.mark.parametrize(("rows", "share", "kept"), [
    (1, 1.0, {"share_in_bounds"}),
    (0, 0.79, {"no_bad_rows"}),
    (0, 1.51, {"no_bad_rows"}),
    (np.nan, 1.0, {"share_in_bounds"}),
    (np.nan, np.nan, set()),
    (np.inf, np.inf, set()),
])
def test_outside_a_limit_or_not_measured_is_not_kept(rows, share, kept):
    assert judge(frame(no_bad_rows=rows, share_in_bounds=share), BOTH).kept == kept


@pytest.mark.parametrize("wrong", [
    frame(no_bad_rows=0, share_in_bounds=1).iloc[:0],
    pd.concat([frame(no_bad_rows=0, share_in_bounds=1)] * 2),
    frame(no_bad_rows=0),
    frame(no_bad_rows=0, share_in_bounds=1, another=0),
    pd.DataFrame(),
])
def test_a_frame_of_another_shape_keeps_nothing(wrong):
    judgement = judge(wrong, BOTH)
    assert judgement.kept == frozenset()
    assert judgement.surprises


def test_no_invariants_is_a_surprise_and_not_a_pass():
    assert judge(metric_frame([]), ()).surprises


def good_results() -> list:
    return wrapper.validated(frame(no_bad_rows=0, share_in_bounds=1), BOTH)


def judged_with(monkeypatch, results) -> wrapper.Judgement:
    monkeypatch.setattr(wrapper, "validated", lambda frame, invariants: results)
    return judge(frame(no_bad_rows=0, share_in_bounds=1), BOTH)


@pytest.mark.parametrize("left_out", range(2))
def test_a_missing_result_is_a_surprise_and_its_invariant_is_not_kept(monkeypatch, left_out):
    results = good_results()
    lost = results.pop(left_out)
    judgement = judged_with(monkeypatch, results)
    assert lost.expectation_config.kwargs["column"] not in judgement.kept
    assert "expected 2 results, got 1" in judgement.surprises


def test_a_result_given_twice_does_not_stand_in_for_another(monkeypatch):
    first, lost, *others = good_results()
    judgement = judged_with(monkeypatch, [first, first, *others])
    assert lost.expectation_config.kwargs["column"] not in judgement.kept
    assert judgement.surprises


@pytest.mark.parametrize("information", [
    {"raised_exception": True, "exception_message": "no", "exception_traceback": ""},
    {"a metric": {"raised_exception": True, "exception_message": "no", "exception_traceback": ""}},
])
def test_an_expectation_that_raised_blocks_even_if_it_says_success(monkeypatch, information):
    result, *others = good_results()
    raised = SimpleNamespace(success=True, exception_info=information, expectation_config=result.expectation_config)
    judgement = judged_with(monkeypatch, [raised, *others])
    assert judgement.kept == {"share_in_bounds"}
    assert "expect_column_values_to_be_between on no_bad_rows raised" in judgement.surprises


@pytest.mark.parametrize("counts", [
    {"element_count": 1, "missing_count": 1}, {"element_count": 0, "missing_count": 0}, {}, None,
])
def test_success_on_a_value_that_is_not_there_is_not_believed(monkeypatch, counts):
    result, *others = good_results()
    unmeasured = SimpleNamespace(success=True, exception_info={}, result=counts,
                                 expectation_config=result.expectation_config)
    judgement = judged_with(monkeypatch, [unmeasured, *others])
    assert judgement.kept == {"share_in_bounds"}
    assert judgement.surprises == ("no_bad_rows: Great Expectations and the limits disagree",)


def test_success_against_the_limits_is_not_believed(monkeypatch):
    results = good_results()
    monkeypatch.setattr(wrapper, "validated", lambda frame, invariants: results)
    judgement = judge(frame(no_bad_rows=7, share_in_bounds=1), BOTH)
    assert judgement.kept == {"share_in_bounds"}
    assert judgement.surprises == ("no_bad_rows: Great Expectations and the limits disagree",)


def test_a_validator_that_crashes_keeps_nothing(monkeypatch):
    def crash(frame, invariants):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(wrapper, "validated", crash)
    judgement = judge(frame(no_bad_rows=0, share_in_bounds=1), BOTH)
    assert judgement.kept == frozenset()
    assert judgement.surprises == ("Great Expectations raised RuntimeError: out of memory",)


@pytest.mark.parametrize("query", [
    "SELECT observed FROM nowhere",
    "SELEKT",
    "SELECT 1.0 AS observed, NULL AS offenders WHERE false",
    "SELECT 0.0 AS observed, NULL AS offenders FROM range(2)",
    "SELECT 0.0 AS found, NULL AS offenders",
    "SELECT NULL::DOUBLE AS observed, NULL AS offenders",
    "SELECT 'NaN'::DOUBLE AS observed, NULL AS offenders",
    "SELECT 'Infinity'::DOUBLE AS observed, NULL AS offenders",
    "SELECT 'four' AS observed, NULL AS offenders",
])
def test_a_query_that_crashes_or_says_nothing_is_not_measured(query, tmp_path):
    broken = Invariant(severity="block", why="An example.", measure=query, limit_max=9.0, name="broken")
    measurement = measured(broken, Relations(open_connection(Settings(home=tmp_path))))
    assert measurement.observed is None
    assert not judge(metric_frame([measurement]), [broken]).kept


def test_the_metric_frame_is_one_row_of_floats():
    built = metric_frame([Measurement(ROWS, None, None), Measurement(SHARE, 1.0, None)])
    assert built.shape == (1, 2)
    assert set(built.dtypes) == {np.dtype("float64")}
    assert built["no_bad_rows"].isna().all()


@pytest.mark.parametrize("fault", [{"severity": "fatal", "limit_max": 0.0}, {"severity": "block"}])
def test_an_invariant_of_unknown_severity_or_without_a_limit_cannot_be_made(fault):
    with pytest.raises(PipelineError, match="severity|limit"):
        Invariant(why="An example.", measure="SELECT 0", **fault)
