"""A synthetic day of reactions as Parquet files in the columns of the core tables, made by DuckDB in seconds."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from jobs.scoring.calibration import load_calibration
from jobs.tables import TABLES

SCRIPT = Path(__file__).resolve().parents[1] / "sql" / "synthetic_day.sql"
CORE_TABLES = ("core__interactions", "core__posts", "core__post_topics", "core__suppressions", "core__identity_links")
NETWORK_COUNT = 3
UNLISTED_TOPICS = ("unlisted-one", "unlisted-two")
"""Topics without a reference of their own, so that the default is used too."""


@dataclass(frozen=True)
class SyntheticDay:
    """What one synthetic day is made of: events over accounts, three networks, one account in twenty linked.

    Authors follow a power law (the first of a network draws some 4 % of its reactions at a million accounts); days
    of one seed share their people and whom these keep up with.
    """

    event_count: int
    account_count: int
    snapshot_date: date = date(2030, 1, 1)
    seed: int = 7

    def write(self, folder: Path) -> dict[str, Path]:
        """Write one Parquet file per core table into a folder; table to path."""
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(folder / "making.duckdb")) as making:
            self._set_up(making)
            making.execute(SCRIPT.read_text())
            paths = {table: folder / f"{table}.parquet" for table in CORE_TABLES}
            for table, path in paths.items():
                columns = ", ".join(TABLES[table].column_names)
                making.execute(f"COPY (SELECT {columns} FROM {table}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        (folder / "making.duckdb").unlink()
        return paths

    def _set_up(self, making: duckdb.DuckDBPyConnection) -> None:
        making.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        values = {"first_event": self.snapshot_date.toordinal() * self.event_count, "event_count": self.event_count,
                  "people_count": max(self.account_count // NETWORK_COUNT, 1), "snapshot_date": self.snapshot_date,
                  "seed": self.seed}
        for name, value in values.items():
            making.execute(f"SET VARIABLE {name} = ?", [value])
        topics = [*sorted(load_calibration("v2").topic_references), *UNLISTED_TOPICS]
        making.execute("CREATE TEMP TABLE topics (place BIGINT, topic_id VARCHAR)")
        making.executemany("INSERT INTO topics VALUES (?, ?)", list(enumerate(topics)))
