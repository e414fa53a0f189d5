"""One changed byte is found, wherever it is; damage of any kind is an outcome, never a stack trace."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FLIPS = 16
"""Changed bytes of each kind of file; 64 in all, at places drawn anew for every kind, and the same in every run."""

PUBLISHED = ("pub__scores", "pub__contributions", "pub__evidence")


def released_files(store) -> list[Path]:
    return [Path(path) for table in PUBLISHED for path in store.files(table)]


def ledger_files(store) -> list[Path]:
    return [Path(path) for path in store.files("pub__releases")]


def landed_files(store) -> list[Path]:
    return [path for path in landed_folder(store) if path.name != "manifest.json"]


def manifests(store) -> list[Path]:
    return [path for path in landed_folder(store) if path.name == "manifest.json"]


def catalog_files(store) -> list[Path]:
    """What Iceberg and the catalog write beside the data: table metadata, lists of files."""
    return sorted(store.settings.warehouse.glob("pub/*/metadata/*"))


def landed_folder(store) -> list[Path]:
    below = sorted((store.settings.home / "landed").rglob("*"))
    return [path for path in below if path.is_file()]


KINDS = {
    "released_files_are_unchanged": released_files,
    "ledger_files_are_unchanged": ledger_files,
    "landed_files_are_unchanged": landed_files,
    "manifests_agree": manifests,
}
"""The check that finds it, and the files in which a byte is changed."""

every_kind = pytest.mark.parametrize("check", KINDS)


@contextmanager
def changed(path: Path, content: bytes | None) -> Iterator[None]:
    """Other content in a file, or no file, and the old content afterwards."""
    before = path.read_bytes()
    path.unlink() if content is None else path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def flipped(path: Path, chance: random.Random) -> bytes:
    """The content of a file with one byte changed."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    return bytes(content)


def all_bytes(home: Path) -> str:
    """One digest over every file below a folder."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files)).hexdigest()


def test_a_sound_store_holds_and_is_left_as_it_was(sound, broken):
    before = all_bytes(sound.settings.home)
    assert broken(sound) == []
    assert all_bytes(sound.settings.home) == before


@every_kind
def test_one_changed_byte_is_found(check, sound, broken_checks):
    chance = random.Random(check)
    missed = []
    for _ in range(FLIPS):
        path = chance.choice(KINDS[check](sound))
        with changed(path, flipped(path, chance)):
            if check not in broken_checks(sound):
                missed.append(path)
    assert missed == []


@every_kind
@pytest.mark.parametrize("keep", [0.0, 0.5, 1.0], ids=["emptied", "cut in half", "one byte too many"])
def test_a_file_of_another_length_is_found(check, keep, sound, broken_checks):
    path = KINDS[check](sound)[0]
    content = path.read_bytes()
    with changed(path, content[: int(len(content) * keep)] + (b"\0" if keep == 1.0 else b"")):
        assert check in broken_checks(sound)


@every_kind
def test_a_lost_file_is_found_by_name(check, sound, broken):
    path = KINDS[check](sound)[0]
    with changed(path, None):
        assert any(outcome.check == check and path.name in outcome.found for outcome in broken(sound))


def test_a_changed_file_does_not_hide_the_other_releases(sound, broken):
    path = next(path for path in released_files(sound))
    with changed(path, b"no parquet at all"):
        outcomes = [outcome for outcome in broken(sound) if outcome.check == "released_rows_are_unchanged"]
    assert len(outcomes) == 1
    assert "2030-01-0" in outcomes[0].subject


def test_every_outcome_that_does_not_hold_says_what_to_do(sound, broken):
    with changed(released_files(sound)[0], b""), changed(landed_files(sound)[0], b""):
        outcomes = broken(sound)
    assert outcomes
    assert all(outcome.expected and outcome.found and outcome.next_step for outcome in outcomes)


def test_damage_to_the_catalog_of_files_is_never_a_stack_trace(sound, broken):
    chance = random.Random(1)
    found = []
    for _ in range(FLIPS):
        path = chance.choice(catalog_files(sound))
        with changed(path, flipped(path, chance)):
            found += broken(sound)
    assert found
    assert all(outcome.expected and outcome.next_step for outcome in found)


def test_a_lost_list_of_files_is_found(sound, broken_checks):
    newest = sound.iceberg("pub__scores").current_snapshot().manifest_list.removeprefix("file://")
    with changed(Path(newest), None):
        assert "released_files_are_unchanged" in broken_checks(sound)


def test_a_catalog_that_is_no_database_is_an_outcome(sound, broken_checks):
    with changed(sound.settings.home / "catalog.db", b"no database"):
        assert broken_checks(sound) == {"ledger_can_be_read", "deliveries_can_be_read"}
