"""Files that differ only in somebody forgotten are one file without them: what was recorded of each still verifies."""

import json
from datetime import date

import pytest

from jobs.comparing.verify import verify
from jobs.forgetting.forget import forget, leave_out
from jobs.ingest.feeds import ingest_feed
from jobs.settings import Settings
from jobs.storage import Store
from tests.privacy.conftest import deliver_list, status

DAY = date(2030, 1, 2)
LEE, ZOE = "lee-00001", "zoe-00009"
BROKEN = "{this is no status"


@pytest.fixture
def store(tmp_path) -> Store:
    """An empty store."""
    return Store(Settings(home=tmp_path / "store", networks=("twitter",)))


def load_list(store: Store, *accounts: str) -> None:
    """Load the minors list of the day."""
    deliver_list(store.settings.home, "minors", DAY, "network,account_id", *(f"twitter,{one}" for one in accounts))
    ingest_feed(store, "minors", [store.settings.inbox / "minors" / DAY.isoformat()], DAY)


def load_statuses(store: Store, *authors: str) -> None:
    """Load a file of one status each, and one row that is refused."""
    path = store.settings.inbox / "twitter" / DAY.isoformat() / "statuses.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [json.dumps(status(DAY, number, author)) for number, author in enumerate(authors)]
    path.write_text("\n".join([*rows, BROKEN, ""]))
    ingest_feed(store, "twitter", [path.parent], DAY)


def broken_checks(store: Store) -> list:
    """What does not hold."""
    return [one for one in verify(Store(store.settings)) if not one.holds]


def test_a_list_that_was_cut_and_comes_again_without_the_row_keeps_what_was_recorded_first(store):
    """Found by the machine of bench/crash."""
    leave_out(store, f"twitter:{LEE}")
    for accounts in ((ZOE, LEE), (LEE,), (ZOE,)):
        load_list(store, *accounts)
    assert sorted(row["row_count"] for row in store.arrow("ops__deliveries").to_pylist()) == [1, 2]
    assert broken_checks(store) == []


@pytest.mark.parametrize(("load", "row_counts"), [(load_list, [1, 2]), (load_statuses, [2, 3])])
def test_two_files_that_an_erasure_made_equal_verify(store, load, row_counts):
    for accounts in ((ZOE, LEE), (ZOE,)):
        load(store, *accounts)
    assert forget(store, f"twitter:{LEE}", "Ann").left == []
    rows = store.arrow("ops__deliveries").to_pylist()
    assert sorted(row["row_count"] for row in rows) == row_counts
    assert len({row["landed_path"] for row in rows}) == 1
    assert broken_checks(store) == []
