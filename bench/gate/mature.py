"""Nights that a small store never ran, planted before its first: for limits that are learned from many.

Each planted night is one of the store's own settled nights of the same kind of day, every series moved by a part of
its own spread. They go through the writers of the gate and of the ledger, so that the gate reads them as its own.
"""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.gate.candidate import verdict_rows
from jobs.gate.decide import PASS, Verdict
from jobs.ledger import Release, chained, releases
from jobs.manifest import now
from jobs.storage import Store
from jobs.tables import TABLES

KEY = ["metric_name", "cohort", "algorithm_version"]

SETTLING_NIGHTS = 14
"""Nights in which a store fills up, and everybody rises: none of them is copied, and others take their place."""

JITTER = 0.5
"""Share of a series' spread over nights of a kind: without it the planted nights would be a handful, repeated."""

SATURDAY = 5


def plant(store: Store, nights: int, random: np.random.Generator) -> None:
    """Put so many released, unblocked nights with their statistics before the first night of a store."""
    lived = _lived(store)
    settling, settled = list(lived.index[:SETTLING_NIGHTS]), lived.iloc[SETTLING_NIGHTS:]
    days = [settling[0] - timedelta(days=back) for back in range(nights, 0, -1)]
    for day in settling:
        store.replace_day("audit__shift_metrics", day, [])
    _append(store, "audit__shift_metrics", _metrics(settled, days + settling, random))
    _append(store, "pub__releases", _ledger_rows(releases(store)[-1], days))
    _append(store, "gate__verdicts", [_passed(day) for day in days])


def _lived(store: Store) -> pd.DataFrame:
    """The statistics of the released nights: rows are dates, columns series."""
    released = {release.snapshot_date for release in releases(store)}
    rows = store.arrow("audit__shift_metrics").to_pandas()
    wide = rows.pivot(index="snapshot_date", columns=KEY, values="observed")
    return wide[[day in released for day in wide.index]].sort_index()


def _metrics(settled: pd.DataFrame, days: list[date], random: np.random.Generator) -> list[pa.Table]:
    """The statistics of each day."""
    is_weekend = np.array([day.weekday() >= SATURDAY for day in settled.index])
    declared, tables = TABLES["audit__shift_metrics"], []
    for day in days:
        alike = settled[is_weekend == (day.weekday() >= SATURDAY)]
        moves = random.normal(0, JITTER, alike.shape[1]) * alike.std().fillna(0.0).to_numpy()
        numbers = alike.iloc[random.integers(len(alike))] + moves
        rows = numbers.dropna().rename("observed").reset_index().assign(snapshot_date=day)
        tables.append(pa.Table.from_pandas(rows[list(declared.column_names)], schema=declared.arrow_schema,
                                           preserve_index=False))
    return tables


def _ledger_rows(last: Release, days: list[date]) -> list[pa.Table]:
    """A row of the ledger for each day, chained to the last one; they froze nothing."""
    tables, number, hash_before = [], last.release_number, last.chain_hash
    for day in days:
        name, number = f"planted-{day}", number + 1
        row = Release(number, f"r{number:06d}-{name}", day, name, name, name, name, {}, PASS, None, now(), hash_before,
                      "").to_row()
        row["chain_hash"] = hash_before = chained(row)
        tables.append(pa.Table.from_pylist([row], schema=TABLES["pub__releases"].arrow_schema))
    return tables


def _passed(day: date) -> pa.Table:
    name = f"planted-{day}"
    return verdict_rows(Verdict(day, name, name, PASS, ()), now())


def _append(store: Store, table: str, days: list[pa.Table]) -> None:
    """All days in one commit, a file each: a table is cut by day."""
    store.append_files(table, [file for rows in days for file in store.write_rows(table, rows)])
