"""What an expectation is: an invariant in one file, the SQL that measures it, the limits that it must keep."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from jobs import discovery
from jobs.errors import PipelineError
from jobs.tables import TABLES

SEVERITIES = ("block", "hold", "warn")

PLACES_SHOWN = 5
"""Broken places that a finding names: enough to start looking, few enough for one line."""


@dataclass(frozen=True)
class Invariant:
    """What must hold before a candidate is published; its name and its table are those of its file and folder.

    measure: one SELECT over the relations of jobs/gate/relations.py that returns one row: observed, offenders.
    limit_min, limit_max: the closed range that observed must lie in; null and NaN lie in no range.
    waivable: whether two people may lift a block. needs_release: whether it compares with an earlier release.
    """

    severity: str
    why: str
    measure: str
    limit_min: float | None = None
    limit_max: float | None = None
    waivable: bool = False
    needs_release: bool = False
    table: str = ""
    name: str = ""

    def __post_init__(self):
        if self.severity not in SEVERITIES:
            raise PipelineError(f"severity {self.severity!r} is not known; write one of {', '.join(SEVERITIES)}")
        if self.limit_min is None and self.limit_max is None:
            raise PipelineError("an invariant without a limit always holds; give limit_min, limit_max or both")

    def is_kept_by(self, observed: float | None) -> bool:
        """Whether a measured value lies within the limits; None, NaN and infinity do not."""
        if observed is None or not math.isfinite(observed):
            return False
        above = self.limit_min is None or observed >= self.limit_min
        below = self.limit_max is None or observed <= self.limit_max
        return above and below


def hard_invariant(*, why: str, places: str, among: str | None = None) -> Invariant:
    """An invariant that no place may break and nobody may waive.

    places: a SELECT with one text column, place: one row wherever it is broken.
    among: a relation that must hold rows; where it is empty nothing was measured, and that blocks.
    """
    return Invariant(severity="block", why=why, measure=_count_of(places, among), limit_max=0)


def paired_statistic(
    metric_name: str, *, why: str, worst: str, limit_min: float | None = None, limit_max: float | None = None
) -> Invariant:
    """A statistic of audit__shift_metrics over the people of two releases, of the version where it is worst.

    worst: an expression over observed; the version with its largest value decides.
    Nulls: null, which blocks, when a version of the earlier release that was not retired since has no measured row, or
    when none is left.
    """
    return Invariant(
        severity="block", why=why, measure=_worst_version(metric_name, worst), limit_min=limit_min,
        limit_max=limit_max, waivable=True, needs_release=True,
    )


def load_invariants() -> tuple[Invariant, ...]:
    """Every invariant of expectations/<table>/<invariant>.py, by table and name.

    Errors: PipelineError when a folder is no table, a module holds no INVARIANT, or two files share a name.
    """
    folders = sorted(path.name for path in Path(__file__).parent.iterdir() if path.is_dir() and path.name[0] != "_")
    found = tuple(_named(table, name) for table in folders for name in discovery.names(f"expectations.{table}"))
    names = [invariant.name for invariant in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not found:
        raise PipelineError(f"expectations/: expected files with names of their own, found twice: {twice}; rename one")
    return found


def waivable_names() -> frozenset[str]:
    """The invariants that two people may waive."""
    return frozenset(invariant.name for invariant in load_invariants() if invariant.waivable)


def _named(table: str, name: str) -> Invariant:
    invariant = getattr(discovery.load(f"expectations.{table}", name), "INVARIANT", None)
    if table not in TABLES or not isinstance(invariant, Invariant):
        raise PipelineError(
            f"expectations/{table}/{name}.py: expected INVARIANT = Invariant(...) in the folder of a table of "
            f"jobs/tables.py, got {type(invariant).__name__}"
        )
    return replace(invariant, table=table, name=name)


def _count_of(places: str, among: str | None) -> str:
    is_measured = f"EXISTS (SELECT 1 FROM {among})" if among else "true"
    return f"""
        SELECT
            CASE WHEN {is_measured} THEN count(*) END AS observed,
            array_to_string(min(place, {PLACES_SHOWN}), '; ') AS offenders
        FROM ({places})
    """


def _worst_version(metric_name: str, worst: str) -> str:
    return f"""
        SELECT
            CASE WHEN count(*) = count(observed) THEN arg_max(observed, {worst}) END AS observed,
            string_agg(algorithm_version || ' ' || coalesce(observed::VARCHAR, 'not measured'), '; '
                       ORDER BY algorithm_version) AS offenders
        FROM (
            SELECT DISTINCT algorithm_version FROM released_scores
            ANTI JOIN retired_versions USING (algorithm_version)
        )
        LEFT JOIN (
            SELECT algorithm_version, observed FROM shift_metrics
            WHERE metric_name = '{metric_name}' AND cohort = 'all'
        ) USING (algorithm_version)
    """
