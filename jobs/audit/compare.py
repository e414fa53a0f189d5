"""Two versions of the algorithm on the frozen state of one release, measured: the tables of the auditor's pack.

Items of gate-evidence section 9. Every statement is a file of sql/compare; what is measured is what was released.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from jobs.audit.comparing.agreement import agreement
from jobs.audit.comparing.sources import ComparedVersions

STATEMENTS = Path(__file__).resolve().parents[2] / "sql" / "compare"

GROUND = ("paired_scores", "paired_lines", "person_cohorts", "cohort_scores", "shown_cohorts")
"""Statements that others read from, in this order."""

MEASURED = (
    "coverage", "movers", "top_movers", "top_causes", "line_sums", "crossings", "cohorts", "impact_ratios",
    "algorithm_and_data", "algorithm_and_data_sums", "sensitivity", "computed_again", "verdicts",
)
"""Statements whose answer is a table of the pack, in the order in which one reads from another."""

PACKED_GROUND = ("paired_scores", "paired_lines")
"""Of the ground, what goes into the pack: a row for every person and topic."""

TOP_MOVERS = 100
"""People shown in each direction (gate-evidence section 9.4)."""

RESCORED = pa.schema([
    ("algorithm_version", pa.string()), ("dropped_network", pa.string()), ("person_id", pa.string()),
    ("influence_score", pa.decimal128(9, 4)), ("distinct_engager_count", pa.int64()), ("credit", pa.float64()),
])


@dataclass(frozen=True)
class Rescored:
    """Overall scores computed once more, whole or without one network.

    The files hold version, person, score, distinct_engager_count and credit.
    Nulls: the score, where evidence is missing.
    """

    dropped_network: str | None
    files: Sequence[str]


def measure(
    connection: duckdb.DuckDBPyConnection, compared: ComparedVersions, rescored: Sequence[Rescored]
) -> dict[str, duckdb.DuckDBPyRelation]:
    """Every measured table of the pack by name, in a fixed order of rows; the connection keeps them.

    connection shows the sources of jobs/audit/comparing/sources.py.
    """
    given = {
        "baseline_version": compared.baseline_version, "candidate_version": compared.candidate_version,
        "snapshot_date": compared.release.snapshot_date.isoformat(), "row_limit": TOP_MOVERS,
    }
    keep_rescored(connection, rescored)
    for name in (*GROUND, *MEASURED):
        keep_statement(connection, name, given)
    connection.from_arrow(agreement(connection)).create("agreement")
    return {name: connection.table(name) for name in (*PACKED_GROUND, *MEASURED, "agreement")}


def keep_statement(connection: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, object]) -> None:
    """Keep the answer of one statement of sql/compare as a table of its name."""
    text = statement(name)
    wanted = connection.extract_statements(text)[0].named_parameters
    connection.execute(f"CREATE TABLE {name} AS {text}", {key: given[key] for key in wanted})


@cache
def statement(name: str) -> str:
    """The text of a statement of sql/compare."""
    return (STATEMENTS / f"{name}.sql").read_text()


def keep_rescored(connection: duckdb.DuckDBPyConnection, rescored: Sequence[Rescored]) -> None:
    """Keep the scores computed once more as `rescored`, and the networks left out as `dropped_networks`.

    A run without files has no rows: an engine may write no file where nobody is left.
    """
    connection.from_arrow(RESCORED.empty_table()).create("rescored")
    connection.from_arrow(pa.table({"dropped_network": pa.array(
        [run.dropped_network for run in rescored if run.dropped_network], pa.string())})).create("dropped_networks")
    for run in filter(lambda run: run.files, rescored):
        connection.execute(
            "INSERT INTO rescored SELECT algorithm_version, ?, person_id, influence_score, distinct_engager_count, "
            "credit FROM read_parquet(?)",
            [run.dropped_network, list(run.files)])
