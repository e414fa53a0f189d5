"""Lists about people are loaded whole or not at all, and applied before anything is written (S55, S57)."""

import json
from datetime import date

import pytest

from jobs import failpoints
from jobs.errors import BadInput
from jobs.ingest.feeds import ingest_feed, ingest_inbox
from jobs.storage import Store

DAY = date(2030, 1, 1)
NEXT_DAY = date(2030, 1, 2)
LATER = date(2030, 1, 9)

HEADER = "network,account_id"
LINK_HEADER = "network,account_id,person_id,link_source,declared_date"


def load_listed(store, deliver_list, feed, day, *accounts):
    path = deliver_list(f"{feed}-{day}.csv", "\n".join([HEADER, *[f"demo,{account}" for account in accounts]]))
    return ingest_feed(store, feed, [path], day).files[0]


def test_a_list_is_loaded_whole_for_its_day(store, deliver_list, look):
    loaded = load_listed(store, deliver_list, "suppression", DAY, "ann", "bob")
    assert (loaded.row_count, loaded.kept) == (2, 2)
    columns = "snapshot_date list_code network account_id"
    assert look("core__suppressions", columns) == ["2030-01-01 suppression demo ann", "2030-01-01 suppression demo bob"]
    columns = "feed covers_from_date covers_to_date row_count kept_row_count"
    assert look("ops__deliveries", columns) == ["suppression 2030-01-01 2030-01-01 2 2"]


@pytest.mark.parametrize(("feed", "name", "text"), [
    ("suppression", "core__suppressions", f"{HEADER}\ndemo,ann"),
    ("identity", "core__identity_links", f"{LINK_HEADER}\ndemo,ann,p1,profile,2029-12-31"),
], ids=["accounts", "links"])
def test_nobody_ever_sees_a_list_without_its_delivery(store, deliver_list, feed, name, text):
    path, both, seen = deliver_list("list.csv", text), (name, "ops__deliveries"), []
    for table in both:
        store.iceberg(table)

    def look_around(place: str) -> None:
        seen.append(tuple(Store(store.settings).arrow(table).num_rows for table in both))

    failpoints.arm(look_around)
    try:
        ingest_feed(store, feed, [path], DAY)
    finally:
        failpoints.arm(None)
    assert set(seen) == {(0, 0), (1, 1)}


def test_a_list_may_hold_more_columns_than_are_needed(store, deliver_list, look):
    path = deliver_list("s.csv", "network,account_id,asked_on\ndemo,ann,2029-12-31")
    ingest_feed(store, "suppression", [path], DAY)
    assert look("core__suppressions", "account_id") == ["ann"]


def test_an_empty_list_is_a_delivery(store, deliver_list, look):
    assert load_listed(store, deliver_list, "minors", DAY).row_count == 0
    assert look("ops__deliveries", "feed row_count") == ["minors 0"]


def test_the_same_list_for_another_day_is_a_new_delivery(store, deliver_list, look):
    path = deliver_list("s.csv", f"{HEADER}\ndemo,ann")
    recognised = [ingest_feed(store, "suppression", [path], day).files[0].recognised for day in (DAY, DAY, NEXT_DAY)]
    assert recognised == [False, True, False]
    assert look("core__suppressions", "snapshot_date account_id") == ["2030-01-01 ann", "2030-01-02 ann"]


def test_a_list_is_found_in_the_inbox_with_its_manifest(store, deliver_list):
    path = deliver_list("s.csv", f"{HEADER}\ndemo,ann")
    folder = store.settings.inbox / "suppression" / "2030-01-01"
    folder.mkdir(parents=True)
    for file in (path, path.with_name("s.csv.manifest.json")):
        (folder / file.name).write_bytes(file.read_bytes())
    assert ingest_inbox(store, "suppression", DAY).files[0].kept == 1


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "expected a manifest beside the list"),
        ("{", "expected a manifest beside the list"),
        ('{"rows": 1}', "expected a whole number `rows` and a text `sha256`"),
        ('{"rows": 1, "sha256": "0000"}', "expected sha256 0000"),
        ('{"rows": 2, "sha256": "%s"}', "expected rows 2 as its manifest says, found 1"),
    ],
)
def test_a_list_that_differs_from_its_manifest_is_refused(store, deliver_list, look, manifest, message):
    path = deliver_list("s.csv", f"{HEADER}\ndemo,ann")
    beside = path.with_name("s.csv.manifest.json")
    digest = json.loads(beside.read_text())["sha256"]
    beside.unlink()
    if manifest:
        beside.write_text(manifest.replace("%s", digest))
    with pytest.raises(BadInput, match=message):
        ingest_feed(store, "suppression", [path], DAY)
    assert look("core__suppressions", "account_id") == look("ops__deliveries", "feed") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("account_id,network\nann,demo", "expected the header to begin with network,account_id"),
        (f"{HEADER}\ndemo,ann\ndemo,", "line 3: expected as many cells"),
        (f"{HEADER}\ndemo", "line 2: expected as many cells"),
        (f'{HEADER}\ndemo,"ann', "expected CSV in UTF-8"),
    ],
)
def test_a_list_with_a_bad_row_is_refused_whole(store, deliver_list, look, text, message):
    with pytest.raises(BadInput, match=message):
        ingest_feed(store, "minors", [deliver_list("m.csv", text)], DAY)
    assert look("core__suppressions", "account_id") == look("ops__deliveries", "feed") == []


def test_a_list_needs_a_day_and_one_file(store, deliver_list):
    path = deliver_list("in/s.csv", f"{HEADER}\ndemo,ann")
    with pytest.raises(BadInput, match="no day was given"):
        ingest_feed(store, "suppression", [path], None)
    deliver_list("in/t.csv", f"{HEADER}\ndemo,bob")
    with pytest.raises(BadInput, match=r"expected one \.csv file"):
        ingest_feed(store, "suppression", [path.parent], DAY)


def test_a_second_list_for_a_day_adds_accounts_and_releases_nobody(store, deliver_list, look):
    load_listed(store, deliver_list, "suppression", DAY, "ann", "bob")
    second = load_listed(store, deliver_list, "suppression", DAY, "bob", "cy")
    assert (second.kept, second.reasons) == (1, {"duplicate": 1})
    assert look("core__suppressions", "account_id") == ["ann", "bob", "cy"]


def test_the_two_lists_of_a_day_stand_beside_each_other(store, deliver_list, look):
    load_listed(store, deliver_list, "suppression", DAY, "ann")
    load_listed(store, deliver_list, "minors", DAY, "ann")
    assert look("core__suppressions", "list_code account_id") == ["minors ann", "suppression ann"]


def test_declared_links_are_loaded_with_their_dates(store, deliver_list, look):
    path = deliver_list("i.csv", f"{LINK_HEADER}\ndemo,ann,p1,profile,2029-12-31\nother,ann2,p1,profile,2029-12-31")
    ingest_feed(store, "identity", [path], DAY)
    columns = "snapshot_date network account_id person_id declared_date"
    assert look("core__identity_links", columns) == [
        "2030-01-01 demo ann p1 2029-12-31", "2030-01-01 other ann2 p1 2029-12-31",
    ]  # fmt: skip


def test_a_corrected_identity_list_replaces_that_of_the_day_and_may_be_taken_back(store, deliver_list, look):
    wrong = deliver_list("a.csv", f"{LINK_HEADER}\ndemo,ann,p1,profile,2029-12-31")
    right = deliver_list("b.csv", f"{LINK_HEADER}\ndemo,ann,p2,profile,2029-12-31")
    seen = []
    for path in (wrong, right, wrong, right):
        ingest_feed(store, "identity", [path], DAY)
        seen += look("core__identity_links", "person_id")
    assert seen == ["p1", "p2", "p1", "p2"]
    assert look("ops__deliveries", "file_name") == ["deliveries/a.csv", "deliveries/b.csv"]


@pytest.mark.parametrize(
    ("row", "message"),
    [("demo,ann,p2,profile,2029-12-31", "expected one link for each account"),
     ("demo,bob,p2,profile,31/12/2029", "expected declared_date as YYYY-MM-DD")],
)  # fmt: skip
def test_links_that_cannot_be_believed_are_refused(store, deliver_list, row, message):
    path = deliver_list("i.csv", f"{LINK_HEADER}\ndemo,ann,p1,profile,2029-12-31\n{row}")
    with pytest.raises(BadInput, match=message):
        ingest_feed(store, "identity", [path], DAY)


def test_rows_about_listed_people_only_are_suppressed_and_mixed_rows_lose_those_records(
    store, network, deliver, deliver_list, look
):
    load_listed(store, deliver_list, "suppression", DAY, "ann")
    file = deliver("a.demo", """
        k1 2030-01-01 @ann 1/ann
        k2 2030-01-01 @bob 9:bob>ann
        k3 2030-01-01 10:ann>bob
        k4 2030-01-01 11:>
    """)
    summary = ingest_feed(store, "demo", [file], DAY, connector=network).files[0]
    assert (summary.kept, summary.suppressed) == (2, 2)
    assert look("core__accounts", "account_id") == ["bob"]
    assert look("core__posts", "post_id") == []
    assert look("core__interactions", "interaction_id") == ["11"]


def test_the_newest_list_on_or_before_the_day_counts_even_when_it_is_empty(
    store, network, deliver, deliver_list, look
):
    load_listed(store, deliver_list, "minors", DAY, "ann")
    load_listed(store, deliver_list, "minors", LATER)
    file = deliver("a.demo", "k0 2029-12-31 0/ann\nk1 2030-01-02 1/ann\nk2 2030-01-09 2/ann")
    summary = ingest_feed(store, "demo", [file], None, connector=network).files[0]
    assert (summary.kept, summary.suppressed) == (2, 1)
    assert look("core__posts", "snapshot_date post_id") == ["2029-12-31 0", "2030-01-09 2"]


def test_an_account_of_the_same_name_on_another_network_is_not_listed(store, network, deliver, deliver_list):
    load_listed(store, deliver_list, "suppression", DAY, "ann")
    file = deliver("a.demo", "k1 2030-01-01 1/ann")
    assert ingest_feed(store, "other", [file], DAY, connector=network).files[0].kept == 1
