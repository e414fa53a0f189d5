"""Who is compared: every digest that decides what a release says about two versions, recorded against found."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from jobs.digest import file_digest, joined_digest
from jobs.ledger import Release
from jobs.released import SCORING_ROOM, frozen_files, load_registry
from jobs.scoring.registry import PROJECT, golden_path

LOCK = PROJECT / "requirements.txt"
LEXICONS = SCORING_ROOM.parent / "topics" / "lexicons"
SCORING_ROOMS = ("topics", "engagement", "scoring")
"""Packages whose code decides a score."""

NOT_RECORDED = "not recorded"
NO_FILE = "no file"

SCHEMA = pa.schema([
    ("subject", pa.string()), ("fingerprint", pa.string()), ("recorded", pa.string()), ("found", pa.string()),
    ("agrees", pa.bool_()),
])


def fingerprints(
    release: Release, previous: Release | None, versions: Sequence[str], pseudonym_key_id: str
) -> pa.Table:
    """Fingerprints of versions, code and release.

    Nulls: found and agrees are null where there is nothing to hold the record against here; `candor verify` does
    that for what the release names.
    """
    rows = [*(row for version in versions for row in _version_rows(version)), *_code_rows(),
            _row("people", "pseudonym_key_id", pseudonym_key_id),
            *_release_rows("release", release), *(_release_rows("release before", previous) if previous else [])]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _version_rows(version: str) -> list[dict]:
    recorded = load_registry().released.get(version, {})
    files = {**frozen_files(version), "golden_sha256": golden_path(version, PROJECT)}
    return [_row(version, "released", recorded.get("released", NOT_RECORDED)),
            *(_held_row(version, key, recorded.get(key, NOT_RECORDED), path) for key, path in files.items())]


def _held_row(subject: str, fingerprint: str, recorded: str, path: Path) -> dict:
    found = file_digest(path) if path.is_file() else NO_FILE
    return {"subject": subject, "fingerprint": fingerprint, "recorded": recorded, "found": found,
            "agrees": recorded == found}


def _code_rows() -> list[dict]:
    lexicons = {path.name: file_digest(path) for path in sorted(LEXICONS.glob("*.csv"))}
    return [
        _row("code", "scoring_rooms_sha256", joined_digest(_sources())),
        _row("code", "dependency_lock_sha256", file_digest(LOCK) if LOCK.is_file() else NO_FILE),
        *(_row("topics", name, digest) for name, digest in lexicons.items()),
        _row("code", "random_seed", "none: no step of a night draws a random number"),
    ]


def _sources() -> dict[str, str]:
    paths = [path for room in SCORING_ROOMS for path in sorted((SCORING_ROOM.parent / room).rglob("*.py"))]
    return {path.relative_to(PROJECT).as_posix(): file_digest(path) for path in paths}


def _release_rows(subject: str, release: Release) -> list[dict]:
    columns = ("release_id", "release_number", "snapshot_date", "verdict", "candidate_digest", "files_digest",
               "input_digest", "previous_hash", "chain_hash")
    snapshots = sorted(release.table_snapshots.items())
    return [*(_row(subject, name, str(getattr(release, name))) for name in columns),
            *(_row(subject, f"snapshot of {table}", str(number)) for table, number in snapshots)]


def _row(subject: str, fingerprint: str, recorded: str) -> dict:
    return {"subject": subject, "fingerprint": fingerprint, "recorded": recorded, "found": None, "agrees": None}
