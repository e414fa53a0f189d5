"""Scores of a released night for somebody outside: pseudonyms in place of people, small cells left out."""

import json
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb

from jobs.audit.comparing.pack import seal, write_table
from jobs.duckdb_files import open_connection, rows_of_files
from jobs.erased import as_erased, erased_nights
from jobs.errors import BadInput, MissingInput
from jobs.ledger import Release, newest_release, released_files
from jobs.pseudonym_sql import SMALLEST_CELL, in_pseudonym_order, teach_pseudonyms, without_small_cells
from jobs.pseudonyms import PseudonymKey, key_of
from jobs.storage import Store, on_day

CELLS = {"pub__scores": ("topic_id", "algorithm_version"),
         "pub__contributions": ("topic_id", "algorithm_version", "network")}
"""Exported tables, and what their rows are counted by. No network states a country; the network is what there is."""

MANIFEST = "manifest.json"


def export(store: Store, out: Path, snapshot_date: date | None, domain: str) -> dict:
    """Write scores and contributions of a night to a new folder, and say what they are.

    Rows of topics, and of topics on one network, with fewer than 20 people are left out and counted. Order follows the
    pseudonyms. Errors: MissingInput without a release; BadInput when the folder exists.
    """
    release = newest_release(store, on=snapshot_date) if snapshot_date else newest_release(store)
    if release is None:
        raise MissingInput(f"no release of {snapshot_date or 'any night'}; `candor status` lists the released nights.")
    if out.exists():
        raise BadInput(f"{out}: expected a folder that does not exist yet; choose another with --out.")
    key = key_of(store.settings.home, domain)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as work:
        made = Path(work) / "export"
        made.mkdir()
        facts = _facts(store, release, key) | {"tables": _write_tables(store, release, key, made)}
        (made / MANIFEST).write_text(json.dumps(facts, indent=2), encoding="utf-8")
        digest = seal(made)
        made.rename(out)
    return facts | {"folder": str(out), "digest": digest}


def _facts(store: Store, release: Release, key: PseudonymKey) -> dict:
    night = as_erased(release, erased_nights(store))
    return {"release_id": release.release_id, "snapshot_date": release.snapshot_date.isoformat(),
            "files_digest": night.files_digest, "erased_row_count": night.erased_row_count, "domain": key.domain,
            "key_id": key.key_id, "smallest_cell_person_count": SMALLEST_CELL}


def _write_tables(store: Store, release: Release, key: PseudonymKey, folder: Path) -> dict[str, dict]:
    found = {}
    with closing(open_connection(store.settings)) as connection:
        teach_pseudonyms(connection, key)
        for table, cell in CELLS.items():
            files = released_files(store, release, table, on_day(release.snapshot_date))
            rows = rows_of_files(connection, table, files)
            shown = without_small_cells(rows, *cell)
            written = write_table(folder, table.removeprefix("pub__"), in_pseudonym_order(shown))
            found[table] = {"row_count": written.row_count, "left_out_row_count": _count(rows) - written.row_count}
    return found


def _count(rows: duckdb.DuckDBPyRelation) -> int:
    return rows.aggregate("count(*)").fetchone()[0]
