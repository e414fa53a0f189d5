"""The tables without a person: every file of every snapshot that says anything about them, rewritten."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow.parquet as pq

from jobs.catalog import Rewrite
from jobs.digest import files_digest, joined_digest, night_digest
from jobs.erased import as_erased, erased_nights
from jobs.errors import PipelineError
from jobs.ledger import releases
from jobs.privacy.person import every_file
from jobs.privacy.rewriting import rewrite
from jobs.privacy.rows import Eraser, RewrittenFile
from jobs.storage import NAMESPACE, Store, on_day
from jobs.tables import RELEASED_TABLES, TABLES

LEDGERS = ("pub__releases", "pub__events", "staged__candidates", "ops__forgotten")
"""Tables that name no person, and whose rows are chained or digests of others."""


@dataclass(frozen=True)
class AffectedFile:
    """A data file that says something about the person: rows that go, and rows of others that are masked."""

    table: str
    path: str
    gone_row_count: int
    masked_row_count: int


def affected_files(store: Store, eraser: Eraser) -> list[AffectedFile]:
    """Each such file once; published tables share their files with staged ones."""
    found: dict[str, AffectedFile] = {}
    for name, table in TABLES.items():
        if name not in LEDGERS:
            files = [path for path in every_file(store, name) if path not in found]
            found |= {path: AffectedFile(name, path, *counts)
                      for path, counts in sorted(eraser.affected(table, files).items())}
    return list(found.values())


def written_anew(eraser: Eraser, affected: Sequence[AffectedFile]) -> list[RewrittenFile]:
    """The files that take the place of those affected."""
    return [eraser.write_anew(TABLES[one.table], one.path, one.gone_row_count) for one in affected]


def rewrites(store: Store, files: Sequence[RewrittenFile]) -> list[Rewrite]:
    """Every table over the new files, ready to be committed with the event."""
    replaced = {one.old_path: one.new_path for one in files}
    existing = [name for name in TABLES if name not in LEDGERS and store.catalog.table_exists((NAMESPACE, name))]
    found = (rewrite(store.iceberg(name), replaced) for name in existing)
    return [one for one in found if one]


def require_sound(store: Store) -> None:
    """Refuse to rewrite a changed release: its new digest would vouch for the change; errors: PipelineError."""
    erased = erased_nights(store)
    for release in releases(store):
        files = _night_files(store, release.snapshot_date, release.table_snapshots)
        if files_digest(store.settings.home, files) != as_erased(release, erased).files_digest:
            raise PipelineError(
                f"{release.release_id}: expected the files that were released, found others. Nobody was erased: it "
                "would vouch for the change. Run `candor verify`, put the files back, and forget again."
            )


def nights_anew(store: Store, files: Sequence[RewrittenFile]) -> dict[str, dict]:
    """What each judged night that loses a file becomes, by the files_digest that it was judged with."""
    anew = {one.old_path: one for one in files}
    found = {}
    for candidate in store.arrow("staged__candidates").to_pylist():
        night = _night_files(store, candidate["snapshot_date"], _snapshots(candidate))
        lost = [anew[path] for paths in night.values() for path in paths if path in anew]
        if lost:
            left = {table: _left(paths, anew) for table, paths in night.items()}
            found[candidate["files_digest"]] = {
                "files_digest": files_digest(store.settings.home, left),
                "candidate_digest": night_digest(left, candidate["snapshot_date"]),
                "erased_row_count": sum(one.erased_row_count for one in lost),
            }
    return found


def tables_anew(affected: Sequence[AffectedFile], files: Sequence[RewrittenFile]) -> dict[str, dict]:
    """The proof by table: how many files and rows, and one digest over the files before and after."""
    found = {}
    for table in sorted({one.table for one in affected}):
        own = [(one, new) for one, new in zip(affected, files, strict=True) if one.table == table]
        found[table] = {
            "file_count": len(own), "erased_row_count": sum(one.gone_row_count for one, _ in own),
            "masked_row_count": sum(one.masked_row_count for one, _ in own),
            "digest_before": joined_digest({f"{n}": new.old_sha256 for n, (_, new) in enumerate(own)}),
            "digest_after": joined_digest({f"{n}": new.new_sha256 for n, (_, new) in enumerate(own)}),
        }
    return found


def _left(paths: Sequence[str], anew: Mapping[str, RewrittenFile]) -> list[str]:
    """The files that readers see afterwards: a file without rows is in no plan."""
    left = [anew[path].new_path if path in anew else path for path in paths]
    return sorted(path for path in left if _has_rows(path))


def _has_rows(path: str) -> bool:
    return pq.read_metadata(path).num_rows > 0


def _night_files(store: Store, day: date, snapshots: Mapping[str, int]) -> dict[str, list[str]]:
    published = RELEASED_TABLES.values()
    return {table: store.files(table, on_day(day), snapshot=snapshots[table]) if table in snapshots else []
            for table in published}


def _snapshots(candidate: Mapping) -> dict[str, int]:
    return json.loads(candidate["table_snapshots"])
