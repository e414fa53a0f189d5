"""A file that nobody can read may name who was forgotten: it goes, and no erasure is stopped by it (S55, S56)."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from jobs.comparing.verify import verify
from jobs.forgetting.forget import forget, leave_out, preview
from jobs.ingest import archives, redaction
from jobs.ingest.feeds import ingest_feed
from jobs.ingest.networks import stackexchange
from jobs.settings import Settings
from jobs.storage import Store

DAY = date(2030, 1, 1)
ANYBODY = "mailinglist:1f0c2a1f0c2a1f0c"
ZOE = 'CreationDate="2030-01-01T10:00:00.000" DisplayName="Zoe"'
GOOD = f'<users>\n<row Id="12" {ZOE} />\n</users>\n'.encode()
UNREADABLE = {
    "mailinglist/talk/2030-01.txt.gz": b"<html>404: no such archive</html>",
    "mailinglist/talk/2030-02.txt.gz": gzip.compress(b"\n" * 1_000_000),
    "stackexchange/site/site.7z": b"7z\xbc\xaf\x27\x1c, and nothing that an archive holds",
}


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    """An empty store, in which a bomb is small."""
    monkeypatch.setattr(archives, "HARMLESS_BYTES", 10_000)
    return Store(Settings(home=tmp_path / "store", networks=("mailinglist", "stackexchange")))


def deliver(store: Store, name: str, content: bytes) -> Path:
    """Put a file into the inbox; name begins with its feed."""
    feed, _, rest = name.partition("/")
    path = store.settings.inbox / feed / DAY.isoformat() / rest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def load(store: Store, name: str):
    """Load what waits of the feed of a file; what became of that file."""
    feed = name.split("/")[0]
    files = ingest_feed(store, feed, [store.settings.inbox / feed / DAY.isoformat()], DAY).files
    return next(file for file in files if name.endswith(file.file_name))


def landed(store: Store) -> dict[str, bytes]:
    """The landed files that deliveries name, by the name under which they were delivered."""
    rows = Store(store.settings).arrow("ops__deliveries").to_pylist()
    return {f"{row['feed']}/{row['file_name']}": (store.settings.home / row["landed_path"]).read_bytes() for row in rows}


def files_with(store: Store, content: bytes) -> list[Path]:
    """Every file of the store with exactly these bytes."""
    return [path for path in store.settings.home.rglob("*") if path.is_file() and path.read_bytes() == content]


def broken(store: Store) -> list:
    """What does not hold."""
    return [one for one in verify(Store(store.settings)) if not one.holds]


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_refused_file_is_replaced_by_a_note_and_reported_and_the_erasure_is_finished(store, name):
    path = deliver(store, name, UNREADABLE[name])
    assert load(store, name).reasons == {"file_refused": 1}
    [shown] = preview(store, ANYBODY).unreadable
    done = forget(store, ANYBODY, "ann")
    [noted] = done.unreadable
    assert (shown.endswith(path.name), noted.endswith(path.name), done.left) == (True, True, [])
    assert files_with(store, UNREADABLE[name]) == []
    assert landed(store)[name].startswith(b"This file could not be read")
    assert path.read_bytes() == landed(store)[name]
    assert broken(store) == []


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_note_is_recognised_and_so_is_the_same_file_when_it_comes_again(store, name):
    deliver(store, name, UNREADABLE[name])
    load(store, name)
    forget(store, ANYBODY, "ann")
    again = forget(Store(store.settings), ANYBODY, "ann")
    assert (again.event_number, again.unreadable, again.landed_file_count) == (None, [], 0)
    assert load(store, name).recognised
    deliver(store, name, UNREADABLE[name])
    assert load(store, name).recognised
    assert files_with(store, UNREADABLE[name]) == [store.settings.inbox / "/".join([
        name.split("/")[0], DAY.isoformat(), *name.split("/")[1:]])]
    assert broken(store) == []


@pytest.mark.parametrize("name", UNREADABLE)
def test_where_somebody_was_forgotten_it_is_landed_as_a_note(store, name):
    leave_out(store, ANYBODY)
    deliver(store, name, UNREADABLE[name])
    file = load(store, name)
    assert (file.row_count, file.reasons, file.is_complete) == (1, {"file_refused": 1}, False)
    assert landed(store)[name].startswith(b"This file could not be read")
    assert broken(store) == []


def test_an_archive_with_somebody_forgotten_in_its_first_member_and_damage_in_its_second_stops_no_load(
        store, tmp_path, monkeypatch):
    def members(path: Path) -> dict[str, int]:
        return {"Users.xml": len(GOOD), "Votes.xml": 9}

    def unpacked(archive: Path, name: str, size: int):
        if name == "Votes.xml":
            raise archives.UnreadableFile("site.7z: damaged. Deliver it again.")
        return original(archive, name, size)

    original, name = archives.unpacked_member, "stackexchange/site/site.7z"
    (tmp_path / "Users.xml").write_bytes(GOOD)
    redaction._pack(tmp_path, ["Users.xml"], tmp_path / "site.7z")
    for module in (stackexchange, redaction):
        monkeypatch.setattr(module, "list_members", members)
        monkeypatch.setattr(module, "unpacked_member", unpacked)
    leave_out(store, "stackexchange:12")
    deliver(store, name, (tmp_path / "site.7z").read_bytes())
    assert load(store, name).kept == 0
    assert landed(store)[name].startswith(b"This file could not be read")


@pytest.mark.parametrize("name", UNREADABLE)
def test_one_that_waits_and_was_never_loaded_is_left_and_named(store, name):
    """It may still be on its way: whoever delivers it says what becomes of it."""
    path = deliver(store, name, UNREADABLE[name])
    done = forget(store, ANYBODY, "ann")
    assert done.left == [path.relative_to(store.settings.home).as_posix()]
    assert path.read_bytes() == UNREADABLE[name]
    path.unlink()
    assert forget(store, ANYBODY, "ann").left == []


def test_one_that_was_loaded_whole_and_cannot_be_read_now_is_left_and_the_rest_is_erased(store):
    """The disk may be at fault, or a full one; a note would take the place of good bytes."""
    name = "stackexchange/site/Users.xml.gz"
    deliver(store, name, gzip.compress(GOOD))
    load(store, name)
    [path] = (store.settings.home / "landed").rglob("Users.xml.gz")
    path.write_bytes(b"<html>")
    done = forget(store, "stackexchange:12", "ann")
    assert (done.left, done.unreadable) == ([path.relative_to(store.settings.home).as_posix()], [])
    assert Store(store.settings).arrow("core__accounts").num_rows == 0
    path.write_bytes(gzip.compress(GOOD))
    assert forget(Store(store.settings), "stackexchange:12", "ann").left == []
    assert files_with(store, GOOD) == []
