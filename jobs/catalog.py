"""The Iceberg catalog, with the one thing that PyIceberg lacks: several tables moved in one SQL transaction."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, reduce

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.exceptions import CommitFailedException, TableAlreadyExistsError, ValidationException
from pyiceberg.table import Table, TableProperties, Transaction
from pyiceberg.table.metadata import TableMetadata, TableMetadataV2
from pyiceberg.table.snapshots import ancestors_of
from pyiceberg.table.update import _apply_table_update, _TableMetadataUpdateContext
from pyiceberg.typedef import IcebergBaseModel
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from jobs.catalog_errors import CUT, asked, said
from jobs.errors import CommitConflict, PipelineError
from jobs.failpoints import failpoint
from jobs.schema import Table as Declared

FEW_MANIFESTS = {
    TableProperties.MANIFEST_MERGE_ENABLED: "true",
    TableProperties.MANIFEST_MIN_MERGE_COUNT: "8",
}
"""Each night commits a few files to each table: unmerged, every plan would read one more manifest every night."""

POINTER = select(IcebergTables.metadata_location).where(
    IcebergTables.catalog_name == bindparam("catalog"), IcebergTables.table_namespace == bindparam("space"),
    IcebergTables.table_name == bindparam("table"))

ASKED = Retrying(retry=retry_if_exception_type(CUT), stop=stop_after_attempt(7),
                 wait=wait_exponential(multiplier=0.2, max=5.0), reraise=True)
"""What became of a commit is asked for some ten seconds: a server that was restarted answers by then."""


@dataclass(frozen=True)
class Move:
    """Updates of one table that are prepared, and not yet visible."""

    table: Table
    transaction: Transaction


@dataclass(frozen=True)
class Rewrite:
    """One table with its history rewritten, prepared, and not yet visible: no update leads from old to new."""

    table: Table
    metadata: TableMetadata


class MultiTableCatalog(SqlCatalog):
    """A SQL catalog in which `commit_together` publishes several tables or none.

    Uses private names of the pinned PyIceberg (_update_and_stage_table, _write_metadata, _apply_table_update); tests
    hold them.
    """

    def load_table(self, identifier) -> Table:
        """The table as it is now; parsed again only when its pointer has moved, because metadata grows with history."""
        name = Catalog.identifier_to_tuple(identifier)
        known = self._loaded.get(name)
        if known is None or known.metadata_location != self._pointer(name):
            known = self._loaded[name] = super().load_table(identifier)
        return known

    @cached_property
    def _loaded(self) -> dict[tuple[str, ...], Table]:
        return {}

    def _pointer(self, name: tuple[str, ...]) -> str | None:
        """Asked some two hundred times a night, so without a unit of work around it."""
        with asked(self.properties["uri"]), self.engine.connect() as connection:
            return connection.scalar(POINTER, self._named(name))

    def _named(self, name: tuple[str, ...]) -> dict[str, str]:
        return {"catalog": self.name, "space": Catalog.namespace_to_string(Catalog.namespace_from(name)),
                "table": Catalog.table_name_from(name)}

    def _row_of(self, name: tuple[str, ...]) -> tuple:
        return (
            IcebergTables.catalog_name == self.name,
            IcebergTables.table_namespace == Catalog.namespace_to_string(Catalog.namespace_from(name)),
            IcebergTables.table_name == Catalog.table_name_from(name),
        )

    def declared_table(self, name: tuple[str, ...], declared: Declared, location: str) -> Table:
        """A new, empty table as tables.py declares it; the one that another process made, when it came first."""
        try:
            with conflicts_named(declared.name), self.create_table_transaction(
                name, schema=declared.arrow_schema, location=location
            ) as transaction:
                mapping = transaction.table_metadata.schema().name_mapping.model_dump_json()
                transaction.set_properties({TableProperties.DEFAULT_NAME_MAPPING: mapping, **FEW_MANIFESTS})
                if declared.is_partitioned:
                    with transaction.update_spec() as spec:
                        spec.add_identity("snapshot_date")
                failpoint("storage.table_prepared")
            failpoint("storage.table_created")
        except (TableAlreadyExistsError, CommitConflict):
            if not self.table_exists(name):
                raise
        return self.load_table(name)

    def commit_together(self, moves: Sequence[Move | Rewrite]) -> None:
        """Swap the pointers of all tables in one SQL transaction, each compared with its old pointer.

        Errors: CommitConflict when any table was moved by somebody else; then none is moved. PipelineError when the
        connection was cut during the commit and the catalog does not say what became of it.
        """
        staged = [self._stage(move) for move in moves]
        failpoint("catalog.metadata_written")
        names = ", ".join(".".join(move.table.name()) for move in moves)
        with conflicts_named(names), Session(self.engine) as session:
            for move, table in zip(moves, staged, strict=True):
                if session.execute(self._swap(move.table, table.metadata_location)).rowcount != 1:
                    session.rollback()
                    raise CommitConflict(
                        f"{'.'.join(move.table.name())} was moved by another run while this one prepared its commit; "
                        "nothing was published. Run the night again: it starts from the newest release."
                    )
                failpoint("catalog.pointer_moved")
            failpoint("catalog.before_commit")
            self._commit(session, staged)
        failpoint("catalog.committed")

    def _commit(self, session: Session, staged: Sequence[Table]) -> None:
        """Commit; where the answer is lost, one of the tables says for all of them what became of it."""
        try:
            session.commit()
        except CUT as error:
            session.invalidate()
            self.engine.dispose()
            if staged and not self._is_committed(staged[0], error):
                raise

    def _is_committed(self, staged: Table, error: Exception) -> bool:
        """Whether a table is what was staged, or was built on it since: no metadata file gets its name twice."""
        try:
            for attempt in ASKED:
                with attempt:
                    now = self._settled(staged.name())
        except CUT as unanswered:
            raise PipelineError(
                f"{'.'.join(staged.name())}: the connection to the catalog was cut during a commit ({said(error)}), "
                f"and the catalog does not say what became of it ({said(unanswered)}). It is committed whole or not at "
                "all, and no file was removed. Start the catalog's server, then run again: what is there is recognised."
            ) from error
        return staged.metadata_location in (now.metadata_location, *(entry.metadata_file
                                                                     for entry in now.metadata.metadata_log))

    def _settled(self, name: tuple[str, ...]) -> Table:
        """A table, asked for as its writer would: refused while the server still works on the commit that was cut."""
        with self.engine.connect() as connection:
            connection.scalar(POINTER.with_for_update(nowait=True), self._named(name))
        return self.load_table(name)

    def _stage(self, move: Move | Rewrite) -> Table:
        if isinstance(move, Rewrite):
            return self._stage_rewrite(move)
        staged = self._update_and_stage_table(
            move.table, move.table.name(), move.transaction._requirements, move.transaction._updates
        )
        self._write_metadata(staged.metadata, staged.io, staged.metadata_location)
        return staged

    def _stage_rewrite(self, rewrite: Rewrite) -> Table:
        table = rewrite.table
        number = self._parse_metadata_version(table.metadata_location) + 1
        location = f"{table.location()}/metadata/{number:05d}-{uuid.uuid4()}.metadata.json"
        self._write_metadata(rewrite.metadata, table.io, location)
        return Table(table.name(), rewrite.metadata, location, table.io, self)

    def _swap(self, table: Table, new_location: str):
        return (
            update(IcebergTables)
            .where(*self._row_of(table.name()), IcebergTables.metadata_location == table.metadata_location)
            .values(metadata_location=new_location, previous_metadata_location=table.metadata_location)
        )


@contextmanager
def conflicts_named(table: str) -> Iterator[None]:
    """Turn what a lost race, a locked catalog or a cut connection raises into a CommitConflict."""
    try:
        yield
    except (CommitFailedException, ValidationException) as error:
        raise CommitConflict(f"{table} was changed by another run at the same time; this run committed nothing to it. "
                             f"Run it again. ({error})") from error
    except CUT as error:
        raise CommitConflict(f"{table}: expected the catalog to take the commit, got {said(error)}. Look whether its "
                             "server is up and whether another run holds it; then run again: what is there already is "
                             "recognised.") from error


def steps_back(table: Table, number: int) -> Iterator[int]:
    """A snapshot of a table and those that it was built on, newest first, as far as they are kept."""
    for step in ancestors_of(table.snapshot_by_id(number), table.metadata):
        yield step.snapshot_id


def _metadata_so_far(transaction: Transaction) -> TableMetadata:
    """What the table will be after the staged updates, each applied once.

    PyIceberg applies all of them again at each of some twenty looks of a commit, and copies the whole history each
    time; a fifth of a night went there, and more with every night. The models are frozen: nothing needs the copy.
    """
    base, updates = transaction._table.metadata, transaction._updates
    known_base, applied, metadata, context = getattr(transaction, "_so_far", (None, 0, None, None))
    if known_base is not base or applied > len(updates):
        applied, metadata, context = 0, base, _TableMetadataUpdateContext()
    metadata = reduce(lambda so_far, update: _apply_table_update(update, so_far, context), updates[applied:], metadata)
    transaction._so_far = (base, len(updates), metadata, context)
    return metadata


Transaction.table_metadata = property(_metadata_so_far)


def _shared_copy(metadata: TableMetadata, *, update: dict | None = None, deep: bool = False) -> TableMetadata:
    """A changed copy that shares its parts; a commit asks for a deep one, 15 ms of each for a history of weeks."""
    return IcebergBaseModel.model_copy(metadata, update=update)


TableMetadataV2.model_copy = _shared_copy
