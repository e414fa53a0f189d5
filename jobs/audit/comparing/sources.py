"""What a comparison reads: the files of one release, of the night released before it, and nothing newer."""

from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from jobs.audit.replay import release_before
from jobs.duckdb_files import open_connection, rows_of_files
from jobs.erased import erased_since
from jobs.errors import BadInput, MissingInput
from jobs.ledger import Release, newest_release, released_files
from jobs.pseudonym_sql import SMALLEST_CELL
from jobs.storage import Store, on_day

SCORE_THRESHOLDS = (30, 50, 70)
"""Scores that somebody may draw a line at; Candor itself draws none."""

FOUR_FIFTHS = 0.8
"""Lowest ratio that the four-fifths rule of the US selection guidelines accepts."""

MOVE_BANDS = (
    ("none", -1, 0), ("0 to 1", 0, 1), ("1 to 2", 1, 2), ("2 to 5", 2, 5), ("5 to 10", 5, 10), ("10 to 20", 10, 20),
    ("over 20", 20, 100),
)
"""Name, and the points that a move lies above and up to; a score moves by 99 at most."""


@dataclass(frozen=True)
class ComparedVersions:
    """The two versions, the release that holds both, and the night released before it, if there is one."""

    baseline_version: str
    candidate_version: str
    release: Release
    previous: Release | None

    @property
    def versions(self) -> tuple[str, str]:
        """The old version, then the new one."""
        return self.baseline_version, self.candidate_version


def find_compared(store: Store, baseline_version: str, candidate_version: str, snapshot_date: date) -> ComparedVersions:
    """The newest release of a night.

    Errors: MissingInput when the night is not released; BadInput for one version twice.
    """
    release = newest_release(store, on=snapshot_date)
    if baseline_version == candidate_version:
        raise BadInput(f"compare needs two versions, got {baseline_version} twice; name the old one, then the new one.")
    if release is None:
        raise MissingInput(f"no release of the night {snapshot_date}; `candor status` lists the released nights.")
    return ComparedVersions(baseline_version, candidate_version, release, release_before(store, release))


def open_sources(store: Store, compared: ComparedVersions) -> duckdb.DuckDBPyConnection:
    """A connection that shows what the release froze.

    Errors: MissingInput when a version was not scored in the release.
    """
    connection = open_connection(store.settings)
    night, before = compared.release, compared.previous
    _show(connection, "released_scores", "pub__scores", _frozen_day(store, "pub__scores", night))
    _show(connection, "released_contributions", "pub__contributions", _frozen_day(store, "pub__contributions", night))
    _show(connection, "released_accounts", "core__accounts", released_files(store, night, "core__accounts"))
    _show(connection, "released_identity_links", "core__identity_links",
          _frozen_day(store, "core__identity_links", night))
    _show(connection, "previous_scores", "pub__scores", _frozen_day(store, "pub__scores", before) if before else [])
    _keep(connection, "erased", erased_since(store, night).to_arrow())
    _keep(connection, "all_verdicts", _records(store, "gate__verdicts", night))
    add_limits(connection)
    _require_versions(connection, compared)
    return connection


def add_limits(connection: duckdb.DuckDBPyConnection) -> None:
    """Show the numbers that the statements compare with, so that each one has its name and reason here."""
    names, above, to = zip(*MOVE_BANDS, strict=True)
    _keep(connection, "move_bands", pa.table({
        "band_rank": range(len(MOVE_BANDS)), "size_band": names, "above_points": above, "to_points": to}))
    _keep(connection, "score_thresholds", pa.table({"threshold": SCORE_THRESHOLDS}))
    _keep(connection, "cohort_limits", pa.table({"smallest_person_count": [SMALLEST_CELL]}))
    _keep(connection, "four_fifths", pa.table({"lowest_ratio": [FOUR_FIFTHS]}))


def released_networks(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The networks that gave anybody a point in the release, in order."""
    found = connection.execute(
        "SELECT DISTINCT network FROM released_contributions WHERE network <> '_all' ORDER BY network").fetchall()
    return [network for (network,) in found]


def life_events(store: Store, compared: ComparedVersions) -> pa.Table:
    """What was decided about both versions up to the release, in order; nothing when nothing was."""
    rows = _records(store, "pub__events", compared.release)
    return rows.filter(pc.is_in(rows["subject"], pa.array(compared.versions))).sort_by("event_number")


def _records(store: Store, table: str, release: Release) -> pa.Table:
    """Rows recorded up to the release, so that a comparison made later says the same."""
    rows = store.arrow(table)
    recorded = pa.scalar(release.recorded_at, rows.schema.field("recorded_at").type)
    return rows.filter(pc.less_equal(rows["recorded_at"], recorded))


def _frozen_day(store: Store, table: str, release: Release) -> list[str]:
    return released_files(store, release, table, on_day(release.snapshot_date))


def _show(connection: duckdb.DuckDBPyConnection, name: str, table: str, files: list[str]) -> None:
    rows_of_files(connection, table, files).create_view(name)


def _keep(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.from_arrow(rows).create(name)


def _require_versions(connection: duckdb.DuckDBPyConnection, compared: ComparedVersions) -> None:
    scored = [row[0] for row in connection.execute(
        "SELECT DISTINCT algorithm_version FROM released_scores ORDER BY algorithm_version").fetchall()]
    missing = [version for version in compared.versions if version not in scored]
    if missing:
        raise MissingInput(
            f"{', '.join(missing)} was not scored in release {compared.release.release_id}; it holds "
            f"{', '.join(scored) or 'no scores'}. Choose two of these, or a night that scored both.")
