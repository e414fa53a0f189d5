"""Great Expectations behind one wrapper that fails closed: whatever it leaves out, raises or gets wrong, blocks."""

import logging
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx  # noqa: E402  (reads the variable above while it is imported)
import great_expectations.expectations as gxe  # noqa: E402
import pandas as pd  # noqa: E402
from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: E402

from expectations.contract import Invariant  # noqa: E402
from jobs.gate.measure import Measurement  # noqa: E402

METRIC_FRAME = "metric_frame"

NAME, OBSERVED, LOWEST, HIGHEST = COLUMNS = ("invariant", "observed", "limit_min", "limit_max")

ROWS_NAMED = {
    "result_format": "COMPLETE", "unexpected_index_column_names": [NAME], "return_unexpected_index_query": False}
"""Failed rows by the name of their invariant."""

logging.getLogger("great_expectations").setLevel(logging.ERROR)


@dataclass(frozen=True)
class ValidationOutcome:
    """The invariants that hold, and everything that went other than it should have."""

    kept: frozenset[str]
    faults: tuple[str, ...]


def metric_frame(measurements: Sequence[Measurement]) -> pd.DataFrame:
    """One row per invariant: what was observed, and its limits; not measured is NaN, no limit is infinite."""
    rows = [(m.invariant.name, m.observed, *limits_of(m.invariant)) for m in measurements]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[1:], "float64"))


def limits_of(invariant: Invariant) -> tuple[float, float]:
    """The closed range of an invariant."""
    return (-math.inf if invariant.limit_min is None else invariant.limit_min,
            math.inf if invariant.limit_max is None else invariant.limit_max)


def judge(frame: pd.DataFrame, invariants: Sequence[Invariant]) -> ValidationOutcome:
    """Judge the metric frame.

    An invariant is kept when no expectation names its row, and its own limits agree. Great Expectations passes empty
    and all-NaN batches, and once left out expectations that raised: gate-evidence section 1, item 3; so its results are
    counted, and how many rows each looked at is read, too.
    """
    faults = _frame_faults(frame, invariants)
    if faults:
        return ValidationOutcome(frozenset(), tuple(faults))
    try:
        results = validated(frame)
    except Exception as error:  # any failure of the validator is a verdict about this night, not a crash to retry
        return ValidationOutcome(frozenset(), (f"Great Expectations raised {type(error).__name__}: {error}",))
    return _outcome(frame, invariants, results)


def validated(frame: pd.DataFrame) -> list:
    """The results of Great Expectations, one per expectation when all is well."""
    batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
    return batch.validate(_suite(), result_format=ROWS_NAMED).results


def _frame_faults(frame: pd.DataFrame, invariants: Sequence[Invariant]) -> list[str]:
    expected = {invariant.name: limits_of(invariant) for invariant in invariants}
    if not expected or list(frame.columns) != list(COLUMNS):
        return [f"expected a row of {', '.join(COLUMNS)} per invariant, got {len(frame)} rows of "
                f"{', '.join(frame.columns) or 'nothing'} for {len(expected)}"]
    found = [(name, limits) for name, *limits in frame[[NAME, LOWEST, HIGHEST]].itertuples(index=False)]
    wrong = sorted({name for name, limits in found if tuple(limits) != expected.get(name)} | (
        set(expected) - {name for name, _ in found}))
    if wrong or len(found) != len(expected):
        return [f"expected one row per invariant, with its limits; got {len(found)} for {len(expected)}, "
                f"not matched: {', '.join(wrong)}"]
    return []


def _outcome(frame: pd.DataFrame, invariants: Sequence[Invariant], results: list) -> ValidationOutcome:
    names = {invariant.name for invariant in invariants}
    expected = [expectation.expectation_type for expectation in _suite().expectations]
    faults = [f"{_type(r)} raised" for r in results if _has_raised(r)]
    if [_type(r) for r in results] != expected:
        faults.append(f"expected results of {', '.join(expected)}; got {', '.join(map(_type, results)) or 'none'}")
    faults += [f"{_type(r)} looked at {(r.result or {}).get('element_count')} rows of {len(frame)}"
                  for r in results if not _looked_at(r, len(frame))]
    if faults:
        return ValidationOutcome(frozenset(), tuple(faults))
    kept = names - {name for r in results if not r.success for name in _named(r, names)}
    observed = dict(zip(frame[NAME], frame[OBSERVED], strict=True))
    own = {invariant.name for invariant in invariants if invariant.is_kept_by(observed[invariant.name])}
    faults += [f"{name}: Great Expectations and the limits disagree" for name in sorted(kept ^ own)]
    return ValidationOutcome(frozenset(kept & own), tuple(faults))


def _named(result, names: set[str]) -> set[str]:
    """The invariants that a failed result names; all of them when it names none."""
    rows = (result.result or {}).get("unexpected_index_list") or []
    return {row[NAME] for row in rows} or names


def _looked_at(result, row_count: int) -> bool:
    counts = result.result or {}
    return counts.get("element_count") == row_count


def _type(result) -> str:
    return result.expectation_config.type


def _has_raised(result) -> bool:
    info = result.exception_info or {}
    parts = [info, *info.values()]
    return any(part.get("raised_exception") for part in parts if isinstance(part, dict))


@cache
def _batch_definition():
    """Built once per process, so that a second night is cheap."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas(METRIC_FRAME).add_dataframe_asset(METRIC_FRAME)
    return asset.add_batch_definition_whole_dataframe(METRIC_FRAME)


@cache
def _suite() -> gx.ExpectationSuite:
    """Four expectations over all rows: one per invariant took half a second a night for the same answer."""
    at_least, at_most = ({"column_A": a, "column_B": b, "or_equal": True, "ignore_row_if": "neither"}
                         for a, b in ((OBSERVED, LOWEST), (HIGHEST, OBSERVED)))
    return gx.ExpectationSuite(METRIC_FRAME, expectations=[
        gxe.ExpectColumnValuesToBeUnique(column=NAME),
        gxe.ExpectColumnValuesToNotBeNull(column=OBSERVED),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(**at_least),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(**at_most),
    ])
