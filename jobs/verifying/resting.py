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

    def _chosen(self, table: str, branch: str | None, snapshot: int | None) -> int | None:
        return super()._chosen(table, branch, snapshot) if self.has(table) else None
