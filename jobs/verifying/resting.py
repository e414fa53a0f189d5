"""A store that is only looked at."""

from pyiceberg.table import Table as IcebergTable

from jobs.storage import NAMESPACE, Store


class RestingStore(Store):
    """A store in which each table is loaded once and no missing table is made."""

    def __init__(self, store: Store):
        super().__init__(store.settings)
        self._loaded: dict[str, IcebergTable] = {}

    def has(self, table: str) -> bool:
        """Whether the table was ever made."""
        return table in self._loaded or self.catalog.table_exists((NAMESPACE, table))

    def iceberg(self, table: str) -> IcebergTable:
        """The table as it was when it was first asked for."""
        if table not in self._loaded:
            self._loaded[table] = self.catalog.load_table((NAMESPACE, table))
        return self._loaded[table]

    def files(self, table: str, where: str | None = None, branch: str | None = None,
              snapshot: int | None = None) -> list[str]:
        """The exact files that hold the rows of a snapshot; none for a table that does not exist."""
        return super().files(table, where, branch, snapshot) if self.has(table) else []

    def _scan(self, table: str, where: str | None, branch: str | None, snapshot: int | None):
        return super()._scan(table, where, branch, snapshot) if self.has(table) else None
