"""A connection to PostgreSQL that is refused, or cut before or within a commit: a sentence, and rows are there once."""

import socket
import threading
from datetime import date

import pyarrow as pa
import pytest
from sqlalchemy import create_engine, event, text

from jobs import failpoints
from jobs.errors import PipelineError
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import TABLES

pytestmark = pytest.mark.slow

SLOW_COMMIT = """
CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER takes_long AFTER UPDATE ON iceberg_tables DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION take_long()
"""
"""The server sleeps within the commit, after it was asked for one and before it answers."""

CUT_SECONDS = 0.5
"""When the line is cut: the commit has been asked for, and is not made for another second."""

OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'candor'"


@pytest.fixture
def store(catalog_uri, tmp_path):
    """A store in PostgreSQL that holds one account."""
    store = Store(Settings(home=tmp_path, catalog_uri=catalog_uri))
    store.append_rows("core__accounts", rows("bob"))
    yield store
    failpoints.arm(None)
    ask(store, "DROP FUNCTION IF EXISTS take_long CASCADE")
    Store(store.settings).catalog.drop_table(("candor", "core__accounts"))


def rows(account_id: str) -> pa.Table:
    row = {"snapshot_date": date(2030, 1, 1), "network": "mailinglist", "account_id": account_id}
    return pa.Table.from_pylist([row], schema=TABLES["core__accounts"].arrow_schema)


def ask(store: Store, statement: str) -> None:
    engine = create_engine(store.settings.catalog)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def add(store: Store, account_id: str) -> None:
    store.append_together({"core__accounts": store.write_rows("core__accounts", rows(account_id))})


def before_the_commit(act) -> None:
    failpoints.arm(failpoints.OnNthPass("catalog.before_commit", lambda name: act()))


def account_ids(store: Store) -> list[str]:
    return sorted(store.arrow("core__accounts", columns=["account_id"])["account_id"].to_pylist())


def test_a_commit_that_the_server_never_heard_of_is_made_again(store):
    before_the_commit(lambda: ask(store, OTHERS))
    add(store, "ann")
    assert account_ids(store) == ["ann", "bob"]


def test_a_commit_that_the_server_still_works_on_is_waited_for(store):
    """Asked at once, the server would show the table as it was before the commit, and the rows would be added twice."""
    lines = []
    event.listen(store.catalog.engine, "checkout", lambda connection, *_: lines.append(connection._usock))
    ask(store, SLOW_COMMIT)
    cut = threading.Timer(CUT_SECONDS, lambda: lines[-1].shutdown(socket.SHUT_RDWR))
    before_the_commit(cut.start)
    add(store, "ann")
    assert not cut.is_alive()
    assert account_ids(store) == ["ann", "bob"]


def test_a_wrong_password_is_a_sentence_that_does_not_repeat_it(catalog_uri, tmp_path):
    address = catalog_uri.replace("candor:", "candor:wrong-")
    with pytest.raises(PipelineError, match=r"candor:\*\*\*@.*password authentication failed.*right user") as raised:
        Store(Settings(home=tmp_path, catalog_uri=address)).files("core__posts")
    assert "wrong-" not in str(raised.value)
