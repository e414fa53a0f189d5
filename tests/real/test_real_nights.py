"""Two nights of two real networks to releases; counts only, nothing of the data is shown."""

from datetime import date

import pytest

from bench.real import identity_rows, write_lists
from jobs.ingest.feeds import ingest_feed
from jobs.ledger import releases
from jobs.nights.night import run_night
from jobs.settings import Settings
from jobs.storage import Store, on_day

FIRST, LAST = date(2019, 7, 8), date(2019, 7, 9)


@pytest.fixture(scope="module")
def community(real_data, spark, tmp_path_factory):
    """Twitter and mailing lists of one community in one store."""
    store = Store(Settings(home=tmp_path_factory.mktemp("real") / "store", networks=("mailinglist", "twitter")))
    mail = sorted((real_data / "mbox-rlists-2019").glob("r-*"))
    ingest_feed(store, "mailinglist", mail, None)
    for day in (FIRST, LAST):
        ingest_feed(store, "twitter", [real_data / "twitter-user2019" / "daily" / f"snapshot-{day}.jsonl.gz"], day)
    write_lists(store.settings.inbox, (FIRST, LAST), identity_rows(FIRST))
    return store, [run_night(spark, store, day, lambda stage: None) for day in (FIRST, LAST)]


def test_each_night_of_both_networks_is_one_release(community):
    store, nights = community
    assert [night.verdict for night in nights] == ["warn", "warn"], [night.findings for night in nights]
    assert [release.snapshot_date for release in releases(store)] == [FIRST, LAST]


def test_the_days_hold_what_their_readme_counts(community):
    store, _ = community
    kinds = [row["network"] for row in store.arrow("core__posts", on_day(LAST), columns=["network"]).to_pylist()]
    assert {"mailinglist", "twitter"} == set(kinds)
    rows = {row["covers_from_date"]: row["row_count"] for row in store.arrow("ops__deliveries").to_pylist()
            if row["feed"] == "twitter"}
    assert rows == {FIRST: 509, LAST: 1141}


def test_list_names_are_topics_and_somebody_is_scored_on_both_networks(community):
    store, _ = community
    topics = set(store.arrow("core__post_topics", on_day(LAST), columns=["topic_id"]).column("topic_id").to_pylist())
    assert any(topic.startswith("r-") for topic in topics)
    networks = {row["network"] for row in store.arrow("pub__contributions", on_day(LAST), columns=["network"]).to_pylist()}
    assert "twitter" in networks
