"""Great Expectations behind one wrapper that fails closed: whatever it leaves out, raises or gets wrong, blocks."""

import logging
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

logging.getLogger("great_expectations").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Judgement:
    """The invariants that hold, and everything that went other than it should have."""

    kept: frozenset[str]
    surprises: tuple[str, ...]


def metric_frame(measurements: Sequence[Measurement]) -> pd.DataFrame:
    """One row, one column of floats per invariant; what could not be measured is NaN."""
    return pd.DataFrame([{m.invariant.name: m.observed for m in measurements}]).astype("float64")


def judge(frame: pd.DataFrame, invariants: Sequence[Invariant]) -> Judgement:
    """Judge the metric frame.

    An invariant is kept when its expectation succeeded on a value that is there, and its own limits agree. Great
    Expectations passes empty and all-NaN batches, and once left out expectations that raised: gate-evidence section 1,
    item 3; so what it counted as missing is read, too.
    """
    surprises = _frame_surprises(frame, invariants)
    if surprises:
        return Judgement(frozenset(), tuple(surprises))
    try:
        results = validated(frame, tuple(invariants))
    except Exception as error:  # any failure of the validator is a verdict about this night, not a crash to retry
        return Judgement(frozenset(), (f"Great Expectations raised {type(error).__name__}: {error}",))
    return _judgement(frame, invariants, results)


def validated(frame: pd.DataFrame, invariants: tuple[Invariant, ...]) -> list:
    """The results of Great Expectations, one per expectation when all is well."""
    batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
    return batch.validate(_suite(invariants), result_format="BASIC").results


def _frame_surprises(frame: pd.DataFrame, invariants: Sequence[Invariant]) -> list[str]:
    expected = [invariant.name for invariant in invariants]
    surprises = []
    if not expected or len(frame) != 1:
        surprises.append(f"expected one row of at least one metric, got {len(frame)} rows of {len(expected)}")
    if list(frame.columns) != expected:
        missing = sorted(set(expected) ^ set(frame.columns))
        surprises.append(f"expected a column per invariant, not matched: {', '.join(missing)}")
    return surprises


def _judgement(frame: pd.DataFrame, invariants: Sequence[Invariant], results: list) -> Judgement:
    asked = {invariant.name for invariant in invariants}
    answered = [r.expectation_config.kwargs.get("column") for r in results]
    surprises = [f"{r.expectation_config.type} on {r.expectation_config.kwargs.get('column')} raised"
                 for r in results if _has_raised(r)]
    if len(results) != len(asked) or set(answered) != asked:
        surprises.append(f"expected {len(asked)} results, got {len(results)}")
    kept = {name for name, r in zip(answered, results, strict=True)
            if r.success and not _has_raised(r) and _was_measured(r)}
    own = {i.name for i in invariants if i.is_kept_by(float(frame[i.name].iloc[0]))}
    surprises += [f"{name}: Great Expectations and the limits disagree" for name in sorted(kept ^ own)]
    return Judgement(frozenset(kept & own), tuple(surprises))


def _was_measured(result) -> bool:
    """Whether the expectation looked at the one row there is, and found a value in it."""
    counts = result.result or {}
    return counts.get("element_count") == 1 and counts.get("missing_count") == 0


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
def _suite(invariants: tuple[Invariant, ...]) -> gx.ExpectationSuite:
    limits = [gxe.ExpectColumnValuesToBeBetween(column=i.name, min_value=i.limit_min, max_value=i.limit_max)
              for i in invariants]
    return gx.ExpectationSuite(METRIC_FRAME, expectations=limits)
