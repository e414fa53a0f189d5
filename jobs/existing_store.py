"""The store that a command works on, where there is one: no command but `night` and the loads makes a store."""

from pathlib import Path

from jobs.errors import MissingInput
from jobs.settings import load_settings, require_store
from jobs.storage import NAMESPACE, Store

ADVICE = ("Set CANDOR_HOME and CANDOR_CATALOG_URI as for the store that is meant; `candor night` makes a new one. "
          "Nothing was changed.")


def existing_store() -> Store:
    """The store of the settings; errors: MissingInput where there is none, or its catalog holds no table."""
    settings = load_settings()
    require_store(settings, ADVICE)
    store = Store(settings)
    require_tables(store)
    return store


def require_tables(store: Store) -> None:
    """Fail where the catalog is there and holds no table; errors: MissingInput."""
    if not store.catalog.list_tables(NAMESPACE):
        raise MissingInput(f"no store at {store.settings.home}: its catalog holds no table. {ADVICE}")


def store_with_own_files() -> Store:
    """The same, for a command that removes files: those that no table of the catalog leads to.

    Errors: MissingInput as existing_store, and where the tables of the catalog lie elsewhere: every file here would
    seem to be one that nobody needs.
    """
    store = existing_store()
    expected = f"file://{store.settings.warehouse}"
    found = store.catalog.load_table(store.catalog.list_tables(NAMESPACE)[0]).location()
    if Path(expected) not in Path(found).parents:
        raise MissingInput(f"the catalog of {store.settings.home} is another store's: expected its tables below "
                           f"{expected}, found one at {found}. {ADVICE}")
    return store
