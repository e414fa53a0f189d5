"""Measure each invariant with DuckDB: an engine that had no part in computing what it looks at."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from expectations.contract import Invariant
from jobs.gate.relations import Relations

COLUMNS = ["observed", "offenders"]

NO_BASELINE = "nothing to compare with: no earlier release holds a score"

LONGEST_REASON = 400
"""Characters of an engine's message that a finding keeps: the error itself, without its tail of hints."""


@dataclass(frozen=True)
class Measurement:
    """One number for one invariant; None when it could not be measured, and then offenders says why."""

    invariant: Invariant
    observed: float | None
    offenders: str | None


@dataclass(frozen=True)
class Baseline:
    """What a night can be compared with.

    released_nights: nights before this one that have a release. score_count: scores of the last of them; None when it
    cannot be read.
    """

    released_nights: int
    score_count: int | None

    @property
    def is_absent(self) -> bool:
        """Whether there is truly nothing to compare with; a release that cannot be read is not absent."""
        return self.released_nights == 0 or self.score_count == 0


def measured_baseline(relations: Relations, released_nights: int) -> Baseline:
    """Count the scores of the last release. Nulls: None when the release has no readable row."""
    count = "SELECT CASE WHEN count(*) > 0 THEN count(influence_score) END FROM released_scores"
    try:
        return Baseline(released_nights, relations.connection.execute(count).fetchone()[0])
    except (duckdb.Error, OSError):
        return Baseline(released_nights, None)


def measure_all(invariants: Iterable[Invariant], relations: Relations, baseline: Baseline) -> list[Measurement]:
    """One measurement per invariant; comparisons are not asked while there is nothing to compare with."""
    return [
        Measurement(invariant, None, NO_BASELINE)
        if invariant.needs_release and baseline.is_absent
        else measured(invariant, relations)
        for invariant in invariants
    ]


def measured(invariant: Invariant, relations: Relations) -> Measurement:
    """Measure one invariant. Nulls: observed is None for no row, several rows, NaN, infinity and any error."""
    try:
        result = relations.connection.execute(invariant.measure)
        names = [column[0] for column in result.description]
        rows = result.fetchmany(2)
    except (duckdb.Error, OSError) as error:
        return Measurement(invariant, None, _reason(invariant, relations, str(error)))
    if names != COLUMNS or len(rows) != 1:
        return Measurement(invariant, None, f"expected one row of {COLUMNS}, got {len(rows)} or more of {names}")
    observed, offenders = rows[0]
    if observed is not None and not _is_finite(observed):
        return Measurement(invariant, None, f"measured {observed}; {offenders or ''}".rstrip("; "))
    return Measurement(invariant, None if observed is None else float(observed), offenders)


def _is_finite(observed) -> bool:
    return isinstance(observed, int | float | Decimal) and math.isfinite(observed)


def _reason(invariant: Invariant, relations: Relations, error: str) -> str:
    """The engine's message, after the reasons of unreadable relations that the query names."""
    causes = [reason for name, reason in relations.unreadable.items() if name in invariant.measure]
    return "; ".join([*causes, error])[:LONGEST_REASON]
