"""What one load must remember, on disk: any number of rows in constant memory, gone when the load ends."""

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs.ingest.archives import unpacking_in
from jobs.ingest.contract import SourceRow

CACHE_KIBIBYTES = 65_536
"""Memory for pages of the scratch file: an eighth of the 512 MB that a load may use."""


@contextmanager
def open_scratch(home: Path) -> Iterator[sqlite3.Connection]:
    """A database below home that nobody else sees and that needs no durability; archives are unpacked beside it."""
    parent = home / "scratch"
    parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=parent, prefix="ingest-") as folder, unpacking_in(Path(folder)):
        scratch = sqlite3.connect(Path(folder) / "scratch.db", isolation_level=None)
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "locking_mode=EXCLUSIVE",
            f"cache_size=-{CACHE_KIBIBYTES}",
        ):
            scratch.execute(f"PRAGMA {pragma}")
        scratch.execute("BEGIN")  # never committed: one transaction spares a write per row
        try:
            yield scratch
        finally:
            scratch.close()


class Keys:
    """A set of strings on disk."""

    def __init__(self, scratch: sqlite3.Connection, name: str):
        self._scratch = scratch
        self._insert = f"INSERT OR IGNORE INTO {name} VALUES (?)"
        self._select = f"SELECT 1 FROM {name} WHERE key = ?"
        scratch.execute(f"CREATE TABLE {name} (key TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, key: str) -> bool:
        """Remember a key; whether it is the first time."""
        return self._scratch.execute(self._insert, (key,)).rowcount == 1

    def add_all(self, keys: Iterable[str]) -> int:
        """Remember many keys; how many of them are new."""
        return self._scratch.executemany(self._insert, ((key,) for key in keys)).rowcount

    def __contains__(self, key: str) -> bool:
        return self._scratch.execute(self._select, (key,)).fetchone() is not None


class WaitingRows:
    """Rows without a time of their own, kept until the last day of their delivery is known."""

    def __init__(self, scratch: sqlite3.Connection):
        self._scratch = scratch
        self.count = 0
        scratch.execute("CREATE TABLE waiting_rows (file_sha256 TEXT, source_row BLOB)")

    def add(self, file_sha256: str, row: SourceRow) -> None:
        """Keep a row of a file."""
        self.count += 1
        self._scratch.execute("INSERT INTO waiting_rows VALUES (?, ?)", (file_sha256, pickle.dumps(row)))

    def __iter__(self) -> Iterator[tuple[str, SourceRow]]:
        for file_sha256, source_row in self._scratch.execute("SELECT * FROM waiting_rows ORDER BY rowid"):
            yield file_sha256, pickle.loads(source_row)  # written by add, in a folder of this process
