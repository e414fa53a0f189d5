"""The same v2 scores by one plain DuckDB SQL script, and how far two results lie apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from jobs.scoring.calibration import Calibration
from jobs.tables import OVERALL, TABLES

SCRIPT = Path(__file__).resolve().parents[1] / "sql" / "v2_scores.sql"
QUIET = "SET enable_progress_bar = false"

APART = """
SELECT
    count(*) FILTER (ours.points IS NULL OR plain.points IS NULL) AS unmatched,
    coalesce(max(abs(ours.credit - plain.credit) / plain.credit) FILTER (kind != 'ceiling'), 0) AS credit,
    coalesce(max(abs(ours.height - plain.height)), 0) AS height,
    count(*) FILTER (ours.points != plain.points OR ours.influence_score != plain.influence_score
        OR ours.distinct_engager_count != plain.distinct_engager_count
        OR ours.last_kind_date != plain.last_kind_date) AS otherwise,
    count(*) AS lines
FROM read_parquet($ours) AS ours
FULL JOIN read_parquet($plain) AS plain USING (author_person_id, topic_id, network, kind)
"""


@dataclass(frozen=True)
class Apart:
    """How two results differ.

    unmatched_lines: lines that only one has. credit: largest relative difference of X; height: largest difference of
    the score before rounding, in points. different_lines: lines whose points, score, count or date differ.
    """

    unmatched_lines: int
    credit: float
    height: float
    different_lines: int
    line_count: int


def score_day_plainly(
    core: Mapping[str, Path], calibration: Calibration, snapshot_date: date, earlier_state: list[str], lines: Path
) -> Path:
    """Run the script over the files of the core tables and write its lines; the path of the lines."""
    with duckdb.connect() as plain:
        plain.execute(QUIET)
        for table, path in core.items():
            plain.read_parquet(str(path)).create_view(table)
        _read_earlier(plain, earlier_state)
        _read_calibration(plain, calibration)
        plain.execute("SET VARIABLE snapshot_date = ?", [snapshot_date])
        plain.execute(SCRIPT.read_text())
        plain.execute(f"COPY v2_lines TO '{lines}' (FORMAT parquet, COMPRESSION zstd)")
    return lines


def apart(ours: Path, plain: Path) -> Apart:
    """Compare two results line by line."""
    with duckdb.connect() as reader:
        reader.execute(QUIET)
        return Apart(*reader.execute(APART, {"ours": f"{ours}/*.parquet", "plain": str(plain)}).fetchone())


def _read_earlier(plain: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    if files:
        plain.read_parquet(files).create_view("earlier_state")
    else:
        plain.from_arrow(TABLES["feature__engagement_state"].arrow_schema.empty_table()).create("earlier_state")


def _read_calibration(plain: duckdb.DuckDBPyConnection, calibration: Calibration) -> None:
    plain.execute("CREATE TABLE exchange_rates (network VARCHAR, rate DOUBLE)")
    plain.executemany("INSERT INTO exchange_rates VALUES (?, ?)", list(calibration.exchange_rates().items()))
    plain.execute("CREATE TABLE topic_references (topic_id VARCHAR, reference DOUBLE)")
    references = {**calibration.topic_references, OVERALL: calibration.reference}
    plain.executemany("INSERT INTO topic_references VALUES (?, ?)", list(references.items()))
    plain.execute("SET VARIABLE default_reference = ?", [calibration.default_topic_reference])
