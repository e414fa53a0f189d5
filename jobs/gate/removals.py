"""Which of those who left a list may leave it: held against the keyed names of the event ledger."""

import duckdb
import pyarrow as pa

from jobs.events import events
from jobs.list_removals import Removal, valid_removals
from jobs.manifest import now
from jobs.pseudonym_sql import DIGEST, teach_digests
from jobs.pseudonyms import LEDGER, PseudonymKey, existing_key
from jobs.storage import Store


def approved_removals(connection: duckdb.DuckDBPyConnection, store: Store) -> pa.Table:
    """Accounts of the relation left_accounts whose removal two people approve now; no more than they named.

    Errors: MissingInput when removals stand and the key of the ledger is gone: then nobody knows whom they name.
    """
    left = connection.table("left_accounts")
    has_left = left.limit(1).fetchone() is not None
    valid = valid_removals(events(store), now()) if has_left else frozenset()
    if not valid:
        return left.limit(0).to_arrow_table()
    key = existing_key(store.settings.home, LEDGER)
    teach_digests(connection, key)
    connection.from_arrow(_named_under(key, valid)).create("valid_removals")
    return connection.sql(f"""
        SELECT list_code, network, account_id
        FROM left_accounts
        SEMI JOIN valid_removals
            ON left_accounts.list_code = valid_removals.list_code
            AND {DIGEST}(network || ':' || account_id) = valid_removals.account_digest
    """).to_arrow_table()


def _named_under(key: PseudonymKey, valid: frozenset[Removal]) -> pa.Table:
    named = [removal for removal in valid if removal.key_id == key.key_id]
    return pa.table({"list_code": pa.array([removal.list_code for removal in named], pa.string()),
                     "account_digest": pa.array([removal.account_digest for removal in named], pa.string())})
