"""Data files without a person: their rows are left out, and what names them in rows of others is masked."""

import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.digest import BATCH_ROWS, file_digest
from jobs.duckdb_files import open_connection
from jobs.identity import ACCOUNT_COLUMNS
from jobs.privacy.person import Person
from jobs.schema import Table
from jobs.settings import Settings

POST_COLUMNS = ("post_id", "source_post_id")
"""A row about a post of the person is about the person."""

ACCOUNT_NAMED = ("group_id",)
"""Columns that may hold an account id of somebody in rows of others."""

KEY_ENDING = "_id"
"""Of columns that tables are joined by; an `@name` there is part of somebody else's id, such as a Message-ID."""

SAME_LANDED_FILE = {"ops__deliveries": "old_path = landed_path",
                    "ops__quarantine": "landed_anew.feed = read_parquet.feed AND old_sha256 = file_sha256"}
"""How a row of a table names the landed file that it is about."""


@dataclass(frozen=True)
class RewrittenLandedFile:
    """A landed file and what takes its place, a note where it could not be read; paths are relative to the store."""

    feed: str
    old_path: str
    old_sha256: str
    new_path: str
    new_sha256: str
    new_byte_count: int
    piece_count: int
    is_readable: bool = True


@dataclass(frozen=True)
class RewrittenFile:
    """A data file and the file that takes its place; erased_row_count counts rows left out, not those masked."""

    old_path: str
    new_path: str
    old_sha256: str
    new_sha256: str
    erased_row_count: int


@dataclass(frozen=True)
class FileColumns:
    """A table, and the columns that its files hold: older files lack the newest ones."""

    table: Table
    names: frozenset[str]


class Eraser:
    """A connection that knows the person, and writes files without them."""

    def __init__(self, settings: Settings, person: Person, landed: Iterable[RewrittenLandedFile]):
        """Show the person's accounts, ids, posts and landed files to the statements."""
        self._connection = open_connection(settings)
        self._person = person
        self._show("gone_accounts", ("network", "account_id"), sorted(person.identifiers.accounts))
        self._show("gone_people", ("person_id",), [(one,) for one in sorted(person.identifiers.people)])
        self._show("gone_posts", ("network", "post_id"), sorted(person.posts))
        self._show("landed_anew", ("feed", "old_path", "old_sha256", "new_path", "new_sha256", "new_byte_count"),
                   [(one.feed, one.old_path, one.old_sha256, one.new_path, one.new_sha256, str(one.new_byte_count))
                    for one in landed])

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def affected(self, table: Table, files: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Of each file that says anything about the person: rows that go, rows that stay and are masked."""
        if not files:
            return {}
        given = {"files": list(files)}
        source = "read_parquet($files, filename = true, hive_partitioning = false, union_by_name = true)"
        shown = self._connection.execute(f"FROM {source} LIMIT 0", given).description
        columns = FileColumns(table, frozenset(name for name, *_ in shown))
        rows = self._connection.execute(
            f"SELECT filename, count(*) FILTER (gone), count(*) FILTER (NOT gone) FROM (SELECT filename, "
            f"{_gone(columns)} AS gone, {self._named(columns)} AS named FROM {source}) "
            "WHERE gone OR named GROUP BY ALL", given)
        return {path: (gone, named) for path, gone, named in rows.fetchall()}

    def write_anew(self, table: Table, path: str, erased_row_count: int) -> RewrittenFile:
        """Write the file that takes the place of one, beside it; nobody reads it yet."""
        old, schema = Path(path), pq.read_schema(path)
        new, columns = old.with_name(f"part-{uuid.uuid4().hex}.parquet"), FileColumns(table, frozenset(schema.names))
        rows = self._connection.execute(
            f"SELECT * REPLACE ({', '.join(self._replacements(columns))}) FROM read_parquet($file, "
            f"hive_partitioning = false) WHERE NOT {_gone(columns)}", {"file": path})
        with (closing(rows.to_arrow_reader(BATCH_ROWS)) as reader,
              pq.ParquetWriter(new, schema, compression="zstd") as out):
            for batch in reader:
                out.write_table(pa.Table.from_batches([batch]).select(schema.names).cast(schema))
        return RewrittenFile(path, str(new), file_digest(old), file_digest(new), erased_row_count)

    def _named(self, columns: FileColumns) -> str:
        """Whether any cell would be written in another way."""
        cells = self._changed_cells(columns)
        changes = [f"({expression}) IS DISTINCT FROM {name}" for name, expression in cells.items()]
        return f"({' OR '.join(changes)})" if changes else "false"

    def _replacements(self, columns: FileColumns) -> list[str]:
        cells = self._changed_cells(columns)
        return [f"{expression} AS {name}" for name, expression in cells.items()] or [columns.table.column_names[0]]

    def _changed_cells(self, columns: FileColumns) -> dict[str, str]:
        """How a cell is rewritten, by column: text is masked, a landed file is named by what it is now."""
        identifiers = self._person.identifiers
        ids, words = (_quoted(one.pattern) for one in (identifiers.without_names, identifiers))
        mark = _quoted(identifiers.mark)
        texts = [column.name for column in columns.table.columns
                 if column.type == "string" and column.name in columns.names]
        cells = {name: f"regexp_replace({name}, {ids if name.endswith(KEY_ENDING) else words}, {mark}, 'g')"
                 for name in texts}
        cells |= {name: f"CASE WHEN {_among(f'(network, {name})', 'gone_accounts')} THEN {mark} ELSE {cells[name]} END"
                  for name in ACCOUNT_NAMED if name in cells and "network" in cells}
        return cells | _landed_cells(columns)

    def _show(self, name: str, columns: tuple[str, ...], rows: Sequence[tuple]) -> None:
        cells = list(zip(*rows, strict=True)) or [()] * len(columns)
        shown = pa.table({column: pa.array(values, pa.string()) for column, values in zip(columns, cells, strict=True)})
        self._connection.from_arrow(shown).create(name)


def _gone(columns: FileColumns) -> str:
    """Whether a row is about the person; never null."""
    tests = []
    if "network" in columns.names:
        tests += [_among(f"(network, {name})", "gone_accounts") for name in ACCOUNT_COLUMNS if name in columns.names]
        tests += [_among(f"(network, {name})", "gone_posts") for name in POST_COLUMNS if name in columns.names]
    if "person_id" in columns.names:
        tests.append(_among("person_id", "gone_people"))
    return f"({' OR '.join(tests)})" if tests else "false"


def _landed_cells(columns: FileColumns) -> dict[str, str]:
    same = SAME_LANDED_FILE.get(columns.table.name)
    if same is None:
        return {}
    wanted = {"file_sha256": "new_sha256", "landed_path": "new_path", "file_byte_count": "new_byte_count"}
    return {name: f"coalesce((SELECT max({new}) FROM landed_anew WHERE {same}), {name}::VARCHAR)"
                  + ("::BIGINT" if name == "file_byte_count" else "")
            for name, new in wanted.items() if name in columns.names}


def _among(row: str, gone: str) -> str:
    return f"coalesce({row} IN (FROM {gone}), false)"


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
