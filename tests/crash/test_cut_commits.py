"""The connection to the catalog is cut during a commit: what became of it is asked for, never guessed."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from jobs import catalog
from jobs.errors import CommitConflict, PipelineError
from jobs.events import TABLE, Decision, append, events, open_ledger
from jobs.storage import Store
from jobs.tables import TABLES

CUT = DBAPIError("COMMIT", {}, Exception("network error"))


class AnswerLost(Session):
    """The database commits, and its answer does not arrive."""

    def commit(self) -> None:
        super().commit()
        raise CUT


class RequestLost(Session):
    """The database never hears of the commit; the driver passes on what the socket says."""

    def commit(self) -> None:
        raise ConnectionResetError("connection reset by peer")


@pytest.fixture
def cut_once(monkeypatch):
    """Has the next commit cut in one of the two ways; the commits after it arrive."""

    def arm(way: type[Session]):
        class Once(way):
            def commit(self) -> None:
                monkeypatch.setattr(catalog, "Session", Session)
                super().commit()

        monkeypatch.setattr(catalog, "Session", Once)

    return arm


@pytest.fixture
def unreachable(monkeypatch):
    """The catalog does not answer when it is asked what became of a commit."""

    def refuse(*asked):
        raise CUT

    monkeypatch.setattr(catalog.ASKED, "sleep", lambda seconds: None)
    monkeypatch.setattr(catalog.MultiTableCatalog, "_settled", refuse)


def rows(account_id: str) -> pa.Table:
    row = {"snapshot_date": date(2030, 1, 1), "network": "mailinglist", "account_id": account_id}
    return pa.Table.from_pylist([row], schema=TABLES["core__accounts"].arrow_schema)


def account_ids(store: Store) -> list[str]:
    return sorted(store.arrow("core__accounts", columns=["account_id"])["account_id"].to_pylist())


def add_together(store: Store) -> None:
    store.append_together({"core__accounts": store.write_rows("core__accounts", rows("ann"))})


def add_alone(store: Store) -> None:
    store.append_rows("core__accounts", rows("ann"))


def decide(store: Store, subject: str):
    return append(store, open_ledger(store), Decision("version_announced", subject, "ann", {}))


def event_files(store: Store) -> list[Path]:
    return sorted((store.settings.warehouse / "pub" / TABLE / "data").rglob("*.parquet"))


@pytest.mark.parametrize("way", [AnswerLost, RequestLost])
@pytest.mark.parametrize("add", [add_together, add_alone])
def test_rows_whose_commit_was_cut_are_there_once(store, cut_once, add, way):
    store.append_rows("core__accounts", rows("bob"))
    cut_once(way)
    add(store)
    assert account_ids(store) == ["ann", "bob"]


def test_an_event_whose_commit_was_cut_after_it_was_made_keeps_its_file(store, cut_once):
    decide(store, "v1")
    cut_once(AnswerLost)
    made = decide(store, "v2")
    assert events(Store(store.settings))[-1] == made
    assert event_files(store) == sorted(Path(path) for path in store.files(TABLE))


def test_an_event_whose_commit_was_cut_before_it_was_made_leaves_nothing(store, cut_once):
    decide(store, "v1")
    cut_once(RequestLost)
    with pytest.raises(CommitConflict, match="Nothing was recorded"):
        decide(store, "v2")
    assert [event.subject for event in events(store)] == ["v1"]
    assert event_files(store) == [Path(path) for path in store.files(TABLE)]


@pytest.mark.parametrize(("way", "subjects"), [(AnswerLost, ["v1", "v2"]), (RequestLost, ["v1"])])
def test_where_nobody_says_what_became_of_a_commit_no_file_is_removed(store, cut_once, unreachable, way, subjects):
    decide(store, "v1")
    cut_once(way)
    with pytest.raises(PipelineError, match="does not say what became of it") as raised:
        decide(store, "v2")
    assert not isinstance(raised.value, CommitConflict), "nothing may be tried again, or removed"
    assert [event.subject for event in events(store)] == subjects
    assert len(event_files(store)) == 2


def test_a_commit_that_another_run_has_built_on_by_then_is_found(store, cut_once, monkeypatch):
    store.append_rows("core__accounts", rows("bob"))
    settled = catalog.MultiTableCatalog._settled

    def overtaken(self, name):
        monkeypatch.setattr(catalog.MultiTableCatalog, "_settled", settled)
        Store(store.settings).append_rows("core__accounts", rows("cy"))
        return settled(self, name)

    monkeypatch.setattr(catalog.MultiTableCatalog, "_settled", overtaken)
    cut_once(AnswerLost)
    add_together(store)
    assert account_ids(store) == ["ann", "bob", "cy"]
