"""Who was forgotten: a list that does not say who is on it, and that every later delivery is held against."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from jobs.errors import MissingInput
from jobs.pseudonyms import FORGOTTEN, PseudonymKey, existing_key, key_of
from jobs.storage import NAMESPACE, Store
from jobs.tables import TABLES

TABLE = "ops__forgotten"


@dataclass(frozen=True)
class Forgotten:
    """The forgotten accounts as keyed hashes; empty, and without a key, when nobody was forgotten."""

    hashes: frozenset[str] = frozenset()
    key: PseudonymKey | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def holds(self, network: str, account_id: str) -> bool:
        """Whether an account was forgotten."""
        return bool(self.key) and self.key.digest(_account(network, account_id)) in self.hashes


def forgotten_accounts(store: Store) -> Forgotten:
    """The list as it is now.

    Errors: MissingInput when there is a list and its key is gone or another one: nobody could be left out then.
    """
    rows = _rows(store)
    if not rows:
        return Forgotten()
    key = existing_key(store.settings.home, FORGOTTEN)
    used = {row["key_id"] for row in rows}
    if used != {key.key_id}:
        raise MissingInput(f"{TABLE}: expected hashes under key {key.key_id}, found {', '.join(sorted(used))}. Put the "
                           "key of the forgotten back from the backup of the keys; until then nothing is loaded.")
    return Forgotten(frozenset(row["account_hash"] for row in rows), key)


def remember(store: Store, accounts: Iterable[tuple[str, str]], recorded_at: datetime) -> int:
    """Put accounts on the list, those not on it yet; how many these are."""
    known = forgotten_accounts(store)
    key = known.key or key_of(store.settings.home, FORGOTTEN)
    hashes = {key.digest(_account(network, account_id)) for network, account_id in accounts} - known.hashes
    rows = [{"account_hash": one, "key_id": key.key_id, "recorded_at": recorded_at} for one in sorted(hashes)]
    store.append_rows(TABLE, pa.Table.from_pylist(rows, TABLES[TABLE].arrow_schema))
    return len(rows)


def _rows(store: Store) -> list[dict]:
    if not store.catalog.table_exists((NAMESPACE, TABLE)):
        return []
    return store.arrow(TABLE).to_pylist()


def _account(network: str, account_id: str) -> str:
    return f"{network}:{account_id}"
