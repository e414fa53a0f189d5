"""What readers see of a published table is what its branch main points at: the one place that sets it."""

from pyiceberg.table import Table as IcebergTable

from jobs.catalog import Move
from jobs.storage import MAIN


def main_set_to(iceberg: IcebergTable, snapshot: int) -> Move:
    """Main of a table set to one of its snapshots, prepared and not yet visible; unchanged where it is there already.

    Uses a private name of the pinned PyIceberg (_set_ref_snapshot).
    """
    transaction = iceberg.transaction()
    transaction._apply(*transaction._set_ref_snapshot(snapshot, MAIN, "branch"))
    return Move(iceberg, transaction)
