"""What came in: landed files and their manifests, byte for byte, and what became of every row (I3, I6)."""

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb

from jobs.digest import file_digest
from jobs.storage import Store
from jobs.verifying.checked import Checked, checked, compared, guarded

MANIFEST_NAME = "manifest.json"

RESTORE = "A landed file was changed or lost: put the landed folder back from a backup; a replay needs these bytes."
MANIFEST = "The manifest was changed or lost: put it back from a backup; ops__deliveries says what it held."
LOADER = "The loader lost or invented rows: keep the store as it is, and report it."
LOAD_AGAIN = "A load ended before it was recorded: load the same files again; what is there already is recognised."


def landed_files(store: Store, deliveries: list[dict]) -> Iterator[Checked]:
    """Each landed file has the bytes that were delivered, and its manifest says the same as ops__deliveries.

    Files of which a forgotten person was cut out may be the same file now; its manifest counts the rows of one of them.
    """
    digest_of, row_counts = cache(file_digest), defaultdict(set)
    for delivery in deliveries:
        row_counts[delivery["landed_path"]].add(delivery["row_count"])
    for delivery in deliveries:
        landed_path = delivery["landed_path"]
        path = store.settings.home / landed_path
        yield from guarded("landed_files_are_unchanged", landed_path, _landed, path, delivery, digest_of)
        yield from guarded("manifests_agree", landed_path, _manifest, store.settings.home, delivery,
                           row_counts[landed_path])


def _landed(path: Path, delivery: dict, digest_of) -> Iterator[Checked]:
    expected = f"{delivery['file_byte_count']} bytes, sha256 {delivery['file_sha256']}"
    found = f"{path.stat().st_size} bytes, sha256 {digest_of(path)}"
    yield compared("landed_files_are_unchanged", delivery["landed_path"], expected, found, RESTORE)


def _manifest(home: Path, delivery: dict, row_counts: set[int]) -> Iterator[Checked]:
    found = (home / landed_folder(delivery) / MANIFEST_NAME).read_bytes()
    expected = manifest_text(delivery, delivery["row_count"])
    # A load that was killed after its commit leaves the row count open, and loading again recognises the file.
    agrees = found in {manifest_text(delivery, count).encode() for count in (*row_counts, None)}
    yield checked("manifests_agree", delivery["landed_path"], agrees, " ".join(expected.split()),
                  " ".join(found.decode(errors="replace").split()), MANIFEST)


def landed_folder(delivery: dict) -> Path:
    """The folder landed/<feed>/<day>/<checksum> of a delivery; its file may lie deeper, under its own name."""
    return Path(*Path(delivery["landed_path"]).parts[:4])


def manifest_text(delivery: dict, row_count: int | None) -> str:
    """The manifest as the ingest stage writes it, from the row of ops__deliveries."""
    return json.dumps({
        "feed": delivery["feed"],
        "date": landed_folder(delivery).parts[2],
        "file": delivery["file_name"],
        "bytes": delivery["file_byte_count"],
        "sha256": delivery["file_sha256"],
        "rows": row_count,
    }, indent=2)


def conserved_rows(deliveries: list[dict]) -> Iterator[Checked]:
    """Rows in = kept + quarantined + suppressed + out of scope, for each delivery."""
    for delivery in deliveries:
        parts = {name: delivery[f"{name}_row_count"] for name in ("kept", "quarantined", "suppressed", "out_of_scope")}
        found = " + ".join(f"{name} {count}" for name, count in parts.items())
        yield checked("rows_are_conserved", delivery["landed_path"], sum(parts.values()) == delivery["row_count"],
                      f"{delivery['row_count']} rows", found, LOADER)


def quarantined_rows(store: Store, deliveries: list[dict]) -> Iterator[Checked]:
    """Each file has as many rows in quarantine as were refused; loaded for several days, it has them once."""
    refused = refused_counts(deliveries)
    kept = quarantine_counts(store.files("ops__quarantine"))
    for feed, sha256 in sorted(refused.keys() | kept.keys()):
        expected, found = refused.get((feed, sha256)), kept.get((feed, sha256), 0)
        yield checked("refused_rows_are_in_quarantine", f"{feed} {sha256}", expected == found,
                      "no delivery of this file" if expected is None else f"{expected} rows", f"{found} rows",
                      LOAD_AGAIN if expected is None else LOADER)


def refused_counts(deliveries: list[dict]) -> dict[tuple[str, str], int]:
    """Refused rows by feed and checksum of the file; of one day, files that an erasure made equal have theirs each.

    Of bytes that were refused and then read whole, the refusal is one row more: the rows before it were met again.
    """
    whole, cut = ({(row["feed"], row["file_sha256"]) for row in deliveries if row["is_complete"] is is_whole}
                  for is_whole in (True, False))
    by_day: dict[tuple, int] = defaultdict(int)
    for row in deliveries:
        if row["is_complete"] or (row["feed"], row["file_sha256"]) not in whole:
            by_day[row["feed"], row["file_sha256"], row["covers_from_date"]] += row["quarantined_row_count"]
    refused: dict[tuple[str, str], int] = {}
    for (feed, sha256, _), count in by_day.items():
        refused[feed, sha256] = max(count, refused.get((feed, sha256), 0))
    return {file: count + (file in whole & cut) for file, count in refused.items()}


def quarantine_counts(files: list[str]) -> dict[tuple[str, str], int]:
    """Rows in quarantine by feed and checksum of the file."""
    if not files:
        return {}
    query = "SELECT feed, file_sha256, count(*) FROM read_parquet($files) GROUP BY ALL"
    with duckdb.connect() as connection:
        rows = connection.execute(query, {"files": files}).fetchall()
    return {(feed, sha256): count for feed, sha256, count in rows}
