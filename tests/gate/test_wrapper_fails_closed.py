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


def frame(**observed) -> pd.DataFrame:
    return metric_frame([Measurement(known, observed[known.name], None) for known in BOTH])


def test_a_frame_within_all_limits_is_kept_without_a_surprise():
    outcome = judge(frame(no_bad_rows=0, share_in_bounds=1.5), BOTH)
    assert outcome.kept == {"no_bad_rows", "share_in_bounds"}
    assert outcome.faults == ()


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


GOOD = frame(no_bad_rows=0, share_in_bounds=1)


@pytest.mark.parametrize("wrong", [
    GOOD.iloc[:0],
    pd.concat([GOOD] * 2),
    GOOD.iloc[:1],
    pd.concat([GOOD.iloc[:1]] * 2),
    pd.concat([GOOD, GOOD.iloc[:1].assign(invariant="another")]),
    GOOD.assign(limit_max=np.inf),
    GOOD.drop(columns="limit_min"),
    pd.DataFrame(),
])
def test_a_frame_of_another_shape_keeps_nothing(wrong):
    outcome = judge(wrong, BOTH)
    assert outcome.kept == frozenset()
    assert outcome.faults


def test_no_invariants_is_a_surprise_and_not_a_pass():
    assert judge(metric_frame([]), ()).faults


def judged_with(monkeypatch, results, **observed) -> wrapper.ValidationOutcome:
    monkeypatch.setattr(wrapper, "validated", lambda frame: results)
    return judge(frame(**{"no_bad_rows": 0, "share_in_bounds": 1, **observed}), BOTH)


def altered(given, **parts) -> SimpleNamespace:
    told = {name: getattr(given, name) for name in ("success", "exception_info", "result", "expectation_config")}
    return SimpleNamespace(**{**told, **parts})


@pytest.mark.parametrize("left_out", range(4))
def test_a_missing_result_keeps_nothing(monkeypatch, left_out):
    results = wrapper.validated(GOOD)
    results.pop(left_out)
    outcome = judged_with(monkeypatch, results)
    assert outcome.kept == frozenset()
    assert any(fault.startswith("expected results of") for fault in outcome.faults)


@pytest.mark.parametrize(("twice", "lost"), [(0, 1), (1, 0), (1, 2), (2, 1), (3, 0)])
def test_a_result_given_twice_does_not_stand_in_for_another(monkeypatch, twice, lost):
    results = wrapper.validated(GOOD)
    results[lost] = results[twice]
    outcome = judged_with(monkeypatch, results)
    assert outcome.kept == frozenset()
    assert any(fault.startswith("expected results of") for fault in outcome.faults)


@pytest.mark.parametrize(("lost", "observed", "kept"), [
    (2, {"share_in_bounds": 0.7}, {"no_bad_rows"}),
    (3, {"no_bad_rows": 3}, {"share_in_bounds"}),
])
def test_a_limit_that_was_checked_twice_instead_of_both_is_noticed(monkeypatch, lost, observed, kept):
    results = wrapper.validated(frame(**{"no_bad_rows": 0, "share_in_bounds": 1, **observed}))
    results[lost] = results[5 - lost]
    outcome = judged_with(monkeypatch, results, **observed)
    assert outcome.kept == kept
    assert any("disagree" in fault for fault in outcome.faults)


@pytest.mark.parametrize("information", [
    {"raised_exception": True, "exception_message": "no", "exception_traceback": ""},
    {"a metric": {"raised_exception": True, "exception_message": "no", "exception_traceback": ""}},
])
@pytest.mark.parametrize("place", range(4))
def test_an_expectation_that_raised_blocks_even_if_it_says_success(monkeypatch, information, place):
    results = wrapper.validated(GOOD)
    results[place] = altered(results[place], exception_info=information)
    outcome = judged_with(monkeypatch, results)
    assert outcome.kept == frozenset()
    assert any(fault.endswith(" raised") for fault in outcome.faults)


@pytest.mark.parametrize("counts", [{"element_count": 1}, {"element_count": 0}, {}, None])
@pytest.mark.parametrize("place", range(4))
def test_success_on_rows_that_were_not_looked_at_is_not_believed(monkeypatch, counts, place):
    results = wrapper.validated(GOOD)
    results[place] = altered(results[place], result=counts)
    outcome = judged_with(monkeypatch, results)
    assert outcome.kept == frozenset()
    assert any("looked at" in fault for fault in outcome.faults)


def test_a_failure_that_names_no_row_keeps_nothing(monkeypatch):
    results = wrapper.validated(GOOD)
    results[1] = altered(results[1], success=False)
    assert judged_with(monkeypatch, results).kept == frozenset()


@pytest.mark.parametrize("observed", [7, np.nan])
def test_success_against_the_limits_is_not_believed(monkeypatch, observed):
    outcome = judged_with(monkeypatch, wrapper.validated(GOOD), no_bad_rows=observed)
    assert outcome.kept == {"share_in_bounds"}
    assert outcome.faults == ("no_bad_rows: Great Expectations and the limits disagree",)


def test_a_validator_that_crashes_keeps_nothing(monkeypatch):
    def crash(frame):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(wrapper, "validated", crash)
    outcome = judge(GOOD, BOTH)
    assert outcome.kept == frozenset()
    assert outcome.faults == ("Great Expectations raised RuntimeError: out of memory",)


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


def test_the_metric_frame_has_a_row_of_floats_per_invariant():
    built = metric_frame([Measurement(ROWS, None, None), Measurement(SHARE, 1.0, None)])
    assert list(built["invariant"]) == ["no_bad_rows", "share_in_bounds"]
    assert set(built.dtypes[1:]) == {np.dtype("float64")}
    assert list(built["observed"].isna()) == [True, False]
    assert list(built["limit_min"]) == [-np.inf, 0.8]


@pytest.mark.parametrize("fault", [{"severity": "fatal", "limit_max": 0.0}, {"severity": "block"}])
def test_an_invariant_of_unknown_severity_or_without_a_limit_cannot_be_made(fault):
    with pytest.raises(PipelineError, match="severity|limit"):
        Invariant(why="An example.", measure="SELECT 0", **fault)
