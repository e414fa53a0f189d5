"""The released nights: every byte, every row, the verdict behind each, and what readers see of them (I1, I4, I9)."""

from collections.abc import Iterator
from dataclasses import dataclass

from jobs.digest import files_digest, night_digest
from jobs.erased import ErasedNight
from jobs.ledger import PUBLISHABLE, Release
from jobs.storage import MAIN, Store, on_day, snapshot_id
from jobs.tables import RELEASED_TABLES
from jobs.verifying.checked import Checked, checked, compared

PUBLISHED = tuple(RELEASED_TABLES.values())

BYTES = "released_files_are_unchanged"
ROWS = "released_rows_are_unchanged"
NEWEST = "readers_see_the_newest_release"
WHOLE = "readers_see_whole_releases"
PASSED = "released_candidates_have_passed"

CHANGED = ("A released file was changed or lost: put the warehouse folder back from a backup. What was published is "
           "what the ledger says, not what the file says now.")
UNJUDGED = "The gate did not pass this candidate: restate its night, and find out who published it."
MOVED = "Readers do not see what the ledger says: put the catalog back from a backup, or run the newest night again."


@dataclass(frozen=True)
class ReleasedNight:
    """A release, and the files of its day in each published table, at the snapshots that it froze."""

    release: Release
    files: dict[str, list[str]]


def released_night(store: Store, release: Release) -> ReleasedNight:
    """What a release published, through the catalog."""
    day, frozen = on_day(release.snapshot_date), release.table_snapshots
    files = {table: store.files(table, day, snapshot=frozen[table]) for table in PUBLISHED if table in frozen}
    return ReleasedNight(release, {table: files.get(table, []) for table in PUBLISHED})


def current_releases(ledger: list[Release]) -> list[Release]:
    """The newest release of each night: the ones that readers see."""
    return list({release.snapshot_date: release for release in ledger}.values())


def unchanged_bytes(store: Store, release: Release, expected: ErasedNight) -> Iterator[Checked]:
    """The files of a release are the files, byte for byte, that were judged, or that the last erasure left."""
    files = released_night(store, release).files
    found = files_digest(store.settings.home, files)
    subject = f"{release.release_id} ({sum(map(len, files.values()))} files{_erased(expected)})"
    yield compared(BYTES, subject, expected.files_digest, found, CHANGED)


def unchanged_rows(store: Store, release: Release, expected: ErasedNight) -> Iterator[Checked]:
    """The rows of a release give the digest that was judged, or that the last erasure left."""
    found = night_digest(released_night(store, release).files, release.snapshot_date)
    yield compared(ROWS, f"{release.release_id}{_erased(expected)}", expected.candidate_digest, found, CHANGED)


def _erased(night: ErasedNight) -> str:
    return f", {night.erased_row_count:,} rows erased" if night.erased_row_count else ""


def passing_verdict(release: Release, verdicts: list[dict]) -> Iterator[Checked]:
    """The gate gave this very candidate the verdict that the ledger names, and one that may be published."""
    key = (release.candidate_id, release.candidate_digest)
    given = {row["verdict"] for row in verdicts if (row["candidate_id"], row["candidate_digest"]) == key}
    yield checked(
        PASSED, release.release_id, release.verdict in given & set(PUBLISHABLE),
        f"verdict {release.verdict}, one of {', '.join(PUBLISHABLE)}", ", ".join(sorted(given)) or "no verdict",
        UNJUDGED,
    )


def newest_is_read(store: Store, newest: Release | None) -> Iterator[Checked]:
    """Main of each published table is the snapshot that the release which readers stand on names."""
    for table in filter(store.has, PUBLISHED):
        if newest:
            main = snapshot_id(store.iceberg(table), MAIN)
            yield compared(NEWEST, table, newest.table_snapshots.get(table), main, MOVED)
        else:
            yield compared(NEWEST, table, 0, len(store.files(table)), MOVED)


def whole_nights_are_read(store: Store, ledger: list[Release]) -> Iterator[Checked]:
    """Main holds the files of the newest release of each night, all of them and no others."""
    nights = [released_night(store, release) for release in current_releases(ledger)]
    for table in PUBLISHED:
        released = {path for night in nights for path in night.files[table]}
        read = set(store.files(table))
        yield checked(
            WHOLE, table, read == released, f"{len(released)} released files",
            f"{len(read & released)} of them and {len(read - released)} others", MOVED,
        )
