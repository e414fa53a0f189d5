"""The nights that a candidate is measured against: released, judged good, and never the candidate's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import pandas as pd

from jobs.gate.series import cohort_of, is_input, series_name, version_of
from jobs.ledger import PUBLISHABLE

LONGEST_HISTORY = timedelta(days=400)
"""A year for the tails of the series, and four weeks before it for the first weekday's level."""

ROWS = """
    SELECT snapshot_date, metric_name, cohort, algorithm_version, observed
    FROM shift_history
    WHERE snapshot_date BETWEEN $first AND $night
    ORDER BY ALL
"""

NEWEST_VERDICTS = """
    SELECT snapshot_date, arg_max(verdict, recorded_at) AS verdict
    FROM verdicts
    WHERE snapshot_date < $night
    GROUP BY snapshot_date
"""


@dataclass(frozen=True)
class Past:
    """What a night is judged by: history has one row per night and one column per series, as tonight has entries."""

    history: pd.DataFrame
    tonight: pd.Series


def past_of(connection: duckdb.DuckDBPyConnection, night: date, released: "Released", expected: "Expected") -> Past:
    """The history of a night and its own row, from the relations of the gate."""
    asked = {"night": night}
    verdicts = dict(connection.execute(NEWEST_VERDICTS, asked).fetchall())
    rows = connection.execute(ROWS, {**asked, "first": night - LONGEST_HISTORY}).fetchall()
    return past_in(rows, night, unblocked_nights(verdicts, released), expected)


def unblocked_nights(verdicts: Mapping[date, str], released: "Released") -> set[date]:
    """Released nights whose newest verdict lets them be seen; a blocked one only when people said that it was real.

    A blocked rerun of a night takes that night out: its statistics are those of the candidate that was blocked.
    """
    return {day for day in released.nights if verdicts.get(day) in PUBLISHABLE or day in released.legitimate}


def past_in(rows: Sequence[tuple], night: date, nights: set[date], expected: "Expected") -> Past:
    """The rows of audit__shift_metrics as series; those that nobody expects tonight are left out."""
    named = [(day, series_name(metric, cohort, version), observed) for day, metric, cohort, version, observed in rows]
    tonight = pd.Series({name: observed for day, name, observed in named if day == night}, dtype=float)
    before = pd.DataFrame([row for row in named if row[0] in nights], columns=["snapshot_date", "series", "observed"])
    history = before.pivot(index="snapshot_date", columns="series", values="observed").astype(float)
    kept = [name for name in history.columns if expected.covers(name, set(tonight.index))]
    return Past(history[kept], tonight)


@dataclass(frozen=True)
class Released:
    """The nights that the ledger still stands by, and those of them that two people released and called real."""

    nights: frozenset[date]
    legitimate: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Expected:
    """What may be missing without anybody's fault: retired versions, and networks that may stay away and did."""

    versions: frozenset[str]
    networks: frozenset[str]

    def covers(self, series: str, tonight: set[str]) -> bool:
        """Whether the series must be there tonight.

        A topic or network that was too small yesterday to be listed apart is not written; one that breaks tonight is.
        """
        if ":" in cohort_of(series):
            return series in tonight
        return cohort_of(series) in self.networks if is_input(series) else version_of(series) in self.versions
