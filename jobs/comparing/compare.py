"""The auditor's comparison pack of two versions on one released night: measured, drawn, sealed, put in place."""

import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from jobs.audit.compare import measure
from jobs.audit.comparing.attacks import recorded_attacks, without_checksums
from jobs.audit.comparing.pack import CALLED, SUMS, seal, write_page, write_table
from jobs.audit.comparing.sources import ComparedVersions, find_compared, life_events, open_sources, released_networks
from jobs.comparing.fingerprints import PROJECT, fingerprints
from jobs.comparing.rescoring import rescored_night
from jobs.erased import ErasedSince, erased_since
from jobs.folders import put_in_place, require_replaceable
from jobs.pseudonym_sql import in_pseudonym_order, teach_pseudonyms, under_pseudonyms
from jobs.pseudonyms import REPORT, key_of
from jobs.report.compare import CAPTIONS, PackFacts, page
from jobs.report.page import Listing
from jobs.session import open_session
from jobs.storage import Store

PAGE_ROWS = 60
"""Rows of a table on the page, but for fingerprints and life_events; the files beside it have all."""

PAGE_FILTERS = {"movers": "dimension = 'everybody'", "crossings": "dimension = 'everybody'",
                "top_movers": "mover_rank <= 10", "top_causes": "mover_rank <= 5",
                "cohorts": "dimension <> 'topic'", "impact_ratios": "dimension <> 'topic'",
                "coverage": "dimension <> 'topic'"}
"""What the page shows of tables that would fill it; paired tables are shown only as files."""

FILES_ONLY = ("paired_scores", "paired_lines", "algorithm_and_data")
DRAWN = ("movers", "agreement", "cohorts", "sensitivity")

Rows = pa.Table | duckdb.DuckDBPyRelation


@dataclass(frozen=True)
class Pack:
    """A finished pack: its folder, the digest that seals it, the rows of each table, and the figures of one line."""

    folder: Path
    pack_digest: str
    release_id: str
    row_counts: dict[str, int]
    headline: dict


def compare(
    store: Store, baseline_version: str, candidate_version: str, snapshot_date: date, out: Path | None = None
) -> Pack:
    """Write the pack of two versions on the newest release of a night.

    Everything is read as the release froze it and nothing computed or released changes; equal inputs give equal bytes.
    The pack lies in reports/compare of the store unless another folder is given; the first one draws keys/report.key.
    Errors: MissingInput when the night is not released or a version was not scored in it; BadInput when something
    else lies in the folder.
    """
    compared = find_compared(store, baseline_version, candidate_version, snapshot_date)
    folder = out or pack_folder(store, compared)
    require_replaceable(folder, SUMS, CALLED)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as work,
          closing(open_sources(store, compared)) as db):
        made = Path(work) / "pack"
        made.mkdir()
        tables = _tables(store, compared, db, Path(work))
        row_counts = {name: write_table(made, name, rows).row_count for name, rows in tables.items()}
        write_page(made, _page(compared, erased_since(store, compared.release), tables, row_counts))
        pack_digest = seal(made)
        put_in_place(made, folder, SUMS, CALLED)
        return Pack(folder, pack_digest, compared.release.release_id, row_counts, _headline(db))


def pack_folder(store: Store, compared: ComparedVersions) -> Path:
    """Where a pack lies unless another folder is named."""
    name = "_".join([*compared.versions, compared.release.snapshot_date.isoformat()])
    return store.settings.home / "reports" / "compare" / name


def _tables(store: Store, compared: ComparedVersions, db: duckdb.DuckDBPyConnection, work: Path) -> dict[str, Rows]:
    with open_session(store.settings, "candor compare") as spark:
        rescored = rescored_night(spark, store, compared.release, compared.versions, released_networks(db), work)
    key = key_of(store.settings.home, REPORT)
    teach_pseudonyms(db, key)
    tables: dict[str, Rows] = {
        name: (in_pseudonym_order if name in FILES_ONLY else under_pseudonyms)(rows)
        for name, rows in measure(db, compared, rescored).items()}
    tables["fingerprints"] = fingerprints(compared.release, compared.previous, compared.versions, key.key_id)
    tables["life_events"] = life_events(store, compared)
    attacks = recorded_attacks(PROJECT, compared.versions)
    return tables if attacks is None else {**tables, "attacks": attacks}


def _page(
    compared: ComparedVersions, erased: ErasedSince, tables: Mapping[str, Rows], row_counts: Mapping[str, int]
) -> str:
    listings = {name: Listing(name, CAPTIONS[name], _shown_rows(name, rows), row_counts[name])
                for name, rows in tables.items()}
    numbers = {name: _dicts(_filtered(name, tables[name])) for name in DRAWN}
    release, previous = compared.release, compared.previous
    facts = PackFacts(
        *compared.versions, release.snapshot_date.isoformat(), release.release_id, release.chain_hash,
        previous.snapshot_date.isoformat() if previous else None, erased)
    return page(facts, listings, numbers)


def _shown_rows(name: str, rows: Rows) -> list[dict]:
    if name in FILES_ONLY:
        return []
    if name == "attacks":
        return without_checksums(rows).slice(0, PAGE_ROWS).to_pylist()
    return rows.to_pylist() if isinstance(rows, pa.Table) else _dicts(_filtered(name, rows).limit(PAGE_ROWS))


def _filtered(name: str, rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    return rows.filter(PAGE_FILTERS[name]) if name in PAGE_FILTERS else rows


def _dicts(rows: duckdb.DuckDBPyRelation) -> list[dict]:
    return rows.to_arrow_table().to_pylist()


def _headline(db: duckdb.DuckDBPyConnection) -> dict:
    """The figures that a command prints; null where nobody has a score under both versions."""
    return db.sql("""
        SELECT
            agreement.person_count, cohorts.mean_delta, agreement.kendall_tau_b, agreement.rank_biased_overlap,
            (SELECT MAX(ABS(influence_score_delta)) FROM top_movers) AS largest_move,
            (SELECT largest_residual FROM line_sums) AS largest_line_residual,
            (SELECT MAX(largest_residual) FROM algorithm_and_data_sums) AS largest_split_residual,
            (SELECT CAST(SUM(differing_score_count) AS BIGINT) FROM computed_again) AS differing_score_count,
            (SELECT CAST(SUM(erased_difference_count) AS BIGINT) FROM computed_again) AS erased_difference_count,
            (SELECT row_count FROM erased) AS erased_row_count
        FROM (SELECT 'everybody' AS dimension)
        LEFT JOIN agreement USING (dimension)
        LEFT JOIN cohorts USING (dimension)
    """).to_arrow_table().to_pylist()[0]
