"""What an attack reaches for: a secret file and a listening socket; and deliveries through the real door of ingest."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from jobs.errors import PipelineError
from jobs.ingest.feeds import ingest_feed
from jobs.settings import Settings
from jobs.storage import Store

CANARY = "canary-5fd1c0de"
"""Stands in the file that no attack may read; no attack writes it itself."""

DELIVERED_TO = ("core__accounts", "core__posts", "core__interactions", "ops__quarantine", "ops__deliveries")
"""Every table that a delivered file reaches."""

DAY = date(2030, 1, 1)

MOST_SECONDS = 20.0
"""Longest delivery of a whole family of attacks on a machine that does much other work; alone each takes a second."""


@dataclass(frozen=True)
class Target:
    """What an attack reaches for: a file outside the store, and an address on this machine that hears every call."""

    folder: Path
    file: Path
    address: str

    def filled(self, attack: str) -> str:
        """The text of an attack with this target in it."""
        return attack.replace("{file}", str(self.file)).replace("{address}", self.address)


@pytest.fixture(scope="session")
def listener():
    """A socket that would take a call; nobody answers on it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="session")
def target(tmp_path_factory, listener):
    """The secret file and the address, the same for all attacks."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.txt").write_text(f"note\n{CANARY}\n")
    return Target(folder, folder / "secret.txt", f"http://127.0.0.1:{listener.getsockname()[1]}")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The store that the attacks of one test file are delivered to."""
    return Store(Settings(home=tmp_path_factory.mktemp("attacked") / "store"))


@pytest.fixture(scope="module")
def deliver_all(attacked, target, tmp_path_factory) -> Callable[[str, str, dict[str, bytes]], dict[str, str]]:
    """Delivers a family of attacks as one delivery, a folder each, in time; what became of the rows of each."""

    def deliver(feed: str, file_name: str, attacks: dict[str, bytes]) -> dict[str, str]:
        folder = tmp_path_factory.mktemp("delivery")
        for name, content in attacks.items():
            (folder / name).mkdir()
            (folder / name / file_name).write_bytes(content)
        started = time.monotonic()
        summary = ingest_feed(attacked, feed, [folder], DAY)
        assert time.monotonic() - started < MOST_SECONDS
        return {file.file_name.split("/")[0]: became(file) for file in summary.files}

    return deliver


@pytest.fixture
def refusal(attacked) -> Callable[[str, Path], str]:
    """Delivers what is to be refused as a whole; the words of the refusal, or `taken`."""

    def deliver(feed: str, path: Path) -> str:
        try:
            ingest_feed(attacked, feed, [path], DAY)
        except PipelineError as error:
            return str(error)
        return "taken"

    return deliver


def became(file) -> str:
    """What became of the rows of a file: why the last were left out, or that all were kept."""
    return " ".join(sorted(file.reasons)) or ("kept" if file.kept else "nothing")


def leaks(store: Store) -> list[str]:
    """Tables and files below a store that hold the canary."""
    tables = [name for name in DELIVERED_TO if CANARY in str(store.arrow(name).to_pylist())]
    kept = [path for path in store.settings.home.rglob("*") if path.is_file() and not path.is_symlink()]
    files = [path for path in kept if CANARY.encode() in path.read_bytes()]
    return tables + list(map(str, files))


def was_called(listener: socket.socket) -> bool:
    """Whether anything has called the address of the attacks."""
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True
