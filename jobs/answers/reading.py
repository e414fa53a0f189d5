"""The reading door: read-only DuckDB over the files of one release, closed to every other file and to the network."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from jobs.bounded import cut_off
from jobs.errors import PipelineError
from jobs.ledger import visible_releases
from jobs.lifecycle import active_version
from jobs.pseudonyms import LEDGER, existing_key, has_key
from jobs.released import VERSIONS_FILE
from jobs.settings import require_store
from jobs.storage import Store
from jobs.tables import TABLES
from jobs.terminal import printable

JOBS = Path(__file__).resolve().parents[1]
SQL = JOBS.parent / "sql"
LEXICONS = JOBS / "topics" / "lexicons"

FROZEN_TABLES = ("pub__scores", "pub__contributions", "pub__evidence", "pub__changes", "feature__trust_seeds",
                 "audit__holds")
"""Read at the snapshots that one release names, the newest that stands, so that they always belong together. The seed
list is shown because who is trusted starts there; coordinated groups are not, because being in one is no accusation."""

OPEN_TABLES = ("pub__releases", "pub__events", "gate__verdicts", "gate__findings")
"""Read as they are now: a blocked night is seen at once, and publishes nothing. No other table is shown."""

STATEMENT_SECONDS = 60.0
"""Longest run of one statement: a question that needs more is a job, not a question."""

MEMORY_LIMIT = "1GB"
"""Tables, sorts and joins of a question fit beside a running night on 4 GB; nothing is spilled to disk."""

BATCH_ROWS = 1_000
"""Rows fetched at a time, so that a long answer never lies in memory as a whole."""

LOCKS = (
    "SET TimeZone = 'UTC'",
    f"SET memory_limit = '{MEMORY_LIMIT}'",
    "SET temp_directory = ''",
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
"""Set in this order: after the last one, no statement can undo any of them."""


@dataclass(frozen=True)
class Answer:
    """The result of one statement: column names, and rows that are fetched as they are read."""

    columns: list[str]
    batches: Iterator[list[tuple]]

    def rows(self) -> Iterator[dict]:
        """The rows one by one, by column name; errors: PipelineError when two columns have the same name."""
        if len(set(self.columns)) < len(self.columns):
            raise PipelineError(
                f"the statement gives two columns of one name, {', '.join(self.columns)}; expected each name once. "
                "Rename one with AS."
            )
        return (dict(zip(self.columns, row, strict=True)) for batch in self.batches for row in batch)


class Reader:
    """One consistent set of released tables, and the views of sql/views over them, for SELECT statements only."""

    def __init__(self, store: Store, versions_file: Path = VERSIONS_FILE, seconds: float = STATEMENT_SECONDS):
        """Open the newest release of a store.

        Errors: MissingInput when there is no store, or nothing that names the active version.
        """
        require_store(store.settings, "Set CANDOR_HOME to the store, or make one with `make demo` or `candor night`.")
        self.seconds = seconds
        self._home = store.settings.home
        self.active_version = active_version(store, versions_file)
        self._connection = duckdb.connect(":memory:")
        opened = self._show_tables(store)
        self._make_views()
        self._lock(opened)

    def __enter__(self) -> "Reader":
        """The reader itself."""
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def released_dates(self) -> list[date]:
        """The nights that readers can see, oldest first."""
        return [row["snapshot_date"] for row in self.rows("commands/released_dates")]

    def ledger_digest(self, person: str) -> str | None:
        """What the event ledger names a person by; None while no event of this store names anybody."""
        return existing_key(self._home, LEDGER).digest(person) if has_key(self._home, LEDGER) else None

    def ask(self, statement: str, parameters: dict | None = None) -> Answer:
        """Run one SELECT with bound parameters; it is stopped when its time is over.

        Errors: PipelineError for anything else than one SELECT, for wrong SQL, and for a statement that takes too long.
        """
        given = parameters or {}
        self._require_readable(statement, given)
        fetched = self._fetched(statement, given)
        columns = next(fetched)
        return Answer(columns, fetched)

    def rows(self, file: str, **parameters: object) -> list[dict]:
        """All rows of a short statement kept in a file, such as `commands/top`."""
        return list(self.ask((SQL / f"{file}.sql").read_text(), parameters).rows())

    def _show_tables(self, store: Store) -> list[str]:
        """Show the ledger, then the frozen tables as the release that readers stand on names them; the files shown."""
        seen = visible_releases(store)
        opened = [path for table in OPEN_TABLES for path in self._show(table, store.files(table))]
        self._keep("standing_releases", pa.table({"release_number": pa.array(
            [release.release_number for release in seen], pa.int64())}))
        for table in FROZEN_TABLES:
            named = seen[-1].table_snapshots.get(table) if seen else None
            opened += self._show(table, store.files(table, snapshot=named) if named else [])
        return opened

    def _show(self, table: str, paths: list[str]) -> list[str]:
        local = [path.removeprefix("file://") for path in paths]
        if local:
            self._connection.read_parquet(local, hive_partitioning=False).create_view(table)
        else:
            self._keep(table, TABLES[table].arrow_schema.empty_table())
        return local

    def _keep(self, table: str, rows: pa.Table) -> None:
        self._connection.from_arrow(rows).create(table)

    def _make_views(self) -> None:
        self._keep("active_version", pa.table({"algorithm_version": [self.active_version]}))
        self._keep("topic_names", topic_names(LEXICONS))
        for path in sorted((SQL / "views").glob("*.sql")):
            self._connection.execute(path.read_text())

    def _lock(self, opened: list[str]) -> None:
        self._connection.execute("SET allowed_paths = $opened", {"opened": opened})
        for lock in LOCKS:
            self._connection.execute(lock)

    def _require_readable(self, statement: str, given: dict) -> None:
        with _sentences(statement, self.seconds):
            found = self._connection.extract_statements(statement)
        kinds = [one.type.name for one in found]
        if kinds != ["SELECT"]:
            raise PipelineError(
                f"the reading door takes exactly one SELECT statement; got {', '.join(kinds) or 'nothing'}. "
                "Released tables cannot be changed from here; leave out everything but the SELECT."
            )
        _require_parameters(set(found[0].named_parameters), set(given))

    def _fetched(self, statement: str, given: dict) -> Iterator:
        """First the column names, then batches of rows."""
        with _sentences(statement, self.seconds), cut_off(self.seconds, self._connection.interrupt):
            cursor = self._connection.execute(statement, given)
            yield [column[0] for column in cursor.description]
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield batch


def topic_names(folder: Path) -> pa.Table:
    """Topic ids with the names that the newest lexicon gives them; other topics are shown by their id."""
    newest = max(folder.glob("*.csv"), default=None)
    names: dict[str, str] = {}
    if newest:
        with newest.open(newline="", encoding="utf-8") as lines:
            names = {row["topic_id"]: row["topic_name"] for row in csv.DictReader(lines)}
    columns = [pa.array(names.keys(), pa.string()), pa.array(names.values(), pa.string())]
    return pa.table(columns, names=["topic_id", "topic_name"])


def _require_parameters(wanted: set[str], given: set[str]) -> None:
    if wanted != given:
        raise PipelineError(
            f"the statement has the parameters {', '.join(sorted(wanted)) or 'none'}; "
            f"got {', '.join(sorted(given)) or 'none'}. Give each one once, as --param name=value."
        )


@contextmanager
def _sentences(statement: str, seconds: float) -> Iterator[None]:
    """Turn what DuckDB raises into an error that a person can act on."""
    where = printable(" ".join(re.sub(r"^\s*--.*", "", statement, flags=re.MULTILINE).split())[:80])
    try:
        yield
    except duckdb.InterruptException as error:
        raise PipelineError(
            f"`{where}` was stopped: expected an answer within {seconds:g} s. Narrow it to fewer dates or topics."
        ) from error
    except duckdb.PermissionException as error:
        raise PipelineError(
            f"`{where}` reaches for a file, an extension or the network; only the released tables can be read here. "
            "`SHOW TABLES` lists them."
        ) from error
    except duckdb.Error as error:
        reason = printable(" ".join(str(error).split("\n\n")[0].split()))
        raise PipelineError(f"`{where}` cannot be run: {reason}. `SHOW TABLES` lists what can be read.") from error
