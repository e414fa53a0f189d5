"""Who waits to be erased stays on the lists that name them, so that nobody seems to have left one (S55, S56)."""

from datetime import date

import pytest

from jobs.forgetting.forget import leave_out
from jobs.ingest.feeds import ingest_feed
from jobs.settings import Settings
from jobs.storage import Store
from tests.privacy.conftest import deliver_list

DAY = date(2030, 1, 2)


@pytest.fixture
def waiting(tmp_path) -> Store:
    """Lee waits to be erased; both lists of the day name Zoe, and the minors list names Lee."""
    store = Store(Settings(home=tmp_path / "store", networks=("twitter",)))
    leave_out(store, "twitter:lee-00001")
    deliver_list(store.settings.home, "suppression", DAY, "network,account_id", "twitter,zoe-00009")
    deliver_list(store.settings.home, "minors", DAY, "network,account_id", "twitter,zoe-00009", "twitter,lee-00001")
    return store


@pytest.fixture
def store_of_zoe(tmp_path) -> Store:
    """Both lists of the day name Zoe, and nobody waits."""
    store = Store(Settings(home=tmp_path / "store", networks=("twitter",)))
    for feed in ("suppression", "minors"):
        deliver_list(store.settings.home, feed, DAY, "network,account_id", "twitter,zoe-00009")
    return store


@pytest.mark.parametrize(("feed", "in_list", "suppressed"), [("suppression", 1, 0), ("minors", 2, 1)])
def test_a_list_keeps_who_waits_and_counts_their_row_as_suppressed(waiting, feed, in_list, suppressed):
    [file] = ingest_feed(waiting, feed, [waiting.settings.inbox / feed / DAY.isoformat()], DAY).files
    assert (file.row_count, file.kept, file.suppressed) == (in_list, 1, suppressed)
    listed = {(row["list_code"], row["account_id"]) for row in waiting.arrow("core__suppressions").to_pylist()}
    assert listed == {(feed, "zoe-00009"), (feed, "lee-00001")}


def test_a_minors_list_that_never_named_them_does_not_name_them_now(waiting):
    deliver_list(waiting.settings.home, "minors", DAY, "network,account_id", "twitter,zoe-00009")
    ingest_feed(waiting, "minors", [waiting.settings.inbox / "minors" / DAY.isoformat()], DAY)
    assert [row["account_id"] for row in waiting.arrow("core__suppressions").to_pylist()] == ["zoe-00009"]


def test_who_asks_after_the_lists_are_loaded_is_on_them_when_the_day_is_run_again(store_of_zoe):
    """S55: a blocked night is run again, and nobody who asked meanwhile is published by it."""
    inbox = store_of_zoe.settings.inbox

    def load() -> list[tuple]:
        for feed in ("suppression", "minors"):
            ingest_feed(store_of_zoe, feed, [inbox / feed / DAY.isoformat()], DAY)
        rows = store_of_zoe.arrow("core__suppressions").to_pylist()
        return sorted((row["list_code"], row["account_id"]) for row in rows)

    before = [("minors", "zoe-00009"), ("suppression", "zoe-00009")]
    assert load() == before
    leave_out(store_of_zoe, "twitter:lee-00001")
    assert load() == load() == [before[0], ("suppression", "lee-00001"), before[1]]
