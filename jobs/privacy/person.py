"""Who is to be forgotten: one id, and every account that is declared to be the same person."""

import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb

from jobs.duckdb_files import open_connection, rows_of_files
from jobs.erasure_requests import same_request
from jobs.erasures_in_progress import begun
from jobs.errors import BadInput
from jobs.person_identifiers import PersonIdentifiers, all_ids
from jobs.privacy.rewriting import history_files
from jobs.pseudonyms import pseudonyms_of
from jobs.storage import NAMESPACE, Store

ACCOUNTS_OF = """
    SELECT DISTINCT network, account_id FROM links
    WHERE
        person_id = $wanted
        OR person_id IN (SELECT person_id FROM links WHERE network || ':' || account_id = $wanted)
"""
"""Suppression works by person as well: who leaves with one account leaves with all."""


@dataclass(frozen=True)
class Person:
    """A person as the store knows them: what names them, and the posts that they wrote, as (network, post_id)."""

    identifiers: PersonIdentifiers
    posts: frozenset[tuple[str, str]]


def find_person(store: Store, wanted: str) -> Person:
    """The person of an id, network:account_id or declared; also one that the store holds nothing about.

    An erasure that has begun, and a request that waits, say what the tables do not say any more.
    Errors: BadInput when the id is neither a declared person nor an account on a network of this store.
    """
    earlier = begun(store.settings.home, wanted)
    with open_connection(store.settings) as connection:
        for name, table in (("links", "core__identity_links"), ("known", "core__accounts"), ("posts", "core__posts")):
            rows_of_files(connection, table, every_file(store, table)).create_view(name)
        accounts = frozenset(connection.execute(ACCOUNTS_OF, {"wanted": wanted}).fetchall())
        accounts |= earlier.accounts if earlier else frozenset()
        accounts = same_request(store.settings.home, accounts or frozenset([account_of(store, wanted)]))
        _show_accounts(connection, accounts)
        found = _identifiers(store, connection, accounts, wanted)
        return Person(found.joined(earlier) if earlier else found, frozenset(connection.execute(
            "SELECT DISTINCT network, post_id FROM posts SEMI JOIN own "
            "ON posts.network = own.network AND posts.author_account_id = own.account_id").fetchall()))


def account_of(store: Store, wanted: str) -> tuple[str, str]:
    """Network and account of an id; errors: BadInput."""
    network, _, account_id = wanted.partition(":")
    if network not in store.settings.networks or not account_id:
        raise BadInput(
            "expected network:account_id with one of the networks "
            f"{', '.join(store.settings.networks)}, or a declared person id; got neither. Nothing was changed. The id "
            "stands on the card that `candor explain` prints."
        )
    return network, account_id


def every_file(store: Store, table: str) -> list[str]:
    """The data files of all snapshots of a table that are still there; none when the table was never made."""
    if not store.catalog.table_exists((NAMESPACE, table)):
        return []
    return sorted(path for path in history_files(store.iceberg(table)) if Path(path).is_file())


def _identifiers(
    store: Store, connection: duckdb.DuckDBPyConnection, accounts: frozenset[tuple[str, str]], wanted: str
) -> PersonIdentifiers:
    people = {person for [person] in connection.execute(
        "SELECT DISTINCT person_id FROM links SEMI JOIN own USING (network, account_id)").fetchall()}
    names = {name for [name] in connection.execute(
        "SELECT DISTINCT account_name FROM known SEMI JOIN own USING (network, account_id) "
        "WHERE account_name IS NOT NULL").fetchall()}
    ids = {wanted, *people, *all_ids(accounts)}
    return PersonIdentifiers(accounts, frozenset(ids) | pseudonyms_of(store.settings.home, ids), frozenset(names),
                             f"erased-{uuid.uuid4().hex[:12]}")


def _show_accounts(connection: duckdb.DuckDBPyConnection, accounts: frozenset[tuple[str, str]]) -> None:
    connection.execute("CREATE TABLE own (network VARCHAR, account_id VARCHAR)")
    connection.executemany("INSERT INTO own VALUES (?, ?)", sorted(accounts))
