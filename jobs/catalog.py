"""The Iceberg catalog, with the one thing that PyIceberg lacks: several tables moved in one SQL transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyiceberg.catalog import Catalog
from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.table import Table, Transaction
from sqlalchemy import update
from sqlalchemy.orm import Session

from jobs.errors import CommitConflict


@dataclass(frozen=True)
class Move:
    """Updates of one table that are prepared, and not yet visible."""

    table: Table
    transaction: Transaction


class MultiTableCatalog(SqlCatalog):
    """A SQL catalog in which `commit_together` publishes several tables or none.

    Uses private names of the pinned PyIceberg (_update_and_stage_table, _write_metadata); a test holds them.
    """

    def commit_together(self, moves: Sequence[Move]) -> None:
        """Swap the pointers of all tables in one SQL transaction, each compared with its old pointer.

        Errors: CommitConflict when any table was moved by somebody else; then none is moved.
        """
        staged = [self._stage(move) for move in moves]
        with Session(self.engine) as session:
            for move, table in zip(moves, staged, strict=True):
                if session.execute(self._swap(move.table, table.metadata_location)).rowcount != 1:
                    session.rollback()
                    raise CommitConflict(
                        f"{'.'.join(move.table.name())} was moved by another run while this one prepared its commit; "
                        "nothing was published. Run the night again: it starts from the newest release."
                    )
            session.commit()

    def _stage(self, move: Move) -> Table:
        staged = self._update_and_stage_table(
            move.table, move.table.name(), move.transaction._requirements, move.transaction._updates
        )
        self._write_metadata(staged.metadata, staged.io, staged.metadata_location)
        return staged

    def _swap(self, table: Table, new_location: str):
        identifier = table.name()
        return (
            update(IcebergTables)
            .where(
                IcebergTables.catalog_name == self.name,
                IcebergTables.table_namespace == Catalog.namespace_to_string(Catalog.namespace_from(identifier)),
                IcebergTables.table_name == Catalog.table_name_from(identifier),
                IcebergTables.metadata_location == table.metadata_location,
            )
            .values(metadata_location=new_location, previous_metadata_location=table.metadata_location)
        )
