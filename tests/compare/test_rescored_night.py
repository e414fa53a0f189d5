"""A released night scored once more, from what its release froze and from nothing that came later."""

from datetime import date
from functools import partial

import duckdb
import pytest

from jobs.audit.compare import keep_rescored
from jobs.comparing.rescoring import rescored_night
from jobs.ledger import Release
from jobs.scoring.run import night_inputs
from tests.doors.conftest import commit_rows

NIGHT = date(2030, 1, 1)

FROZEN = {
    "feature__engagement_state": """
        network | topic_id | engager_account_id | author_account_id | kind  | decayed_weight | last_interacted_date | active_days_bits
        net     | _overall | eve                | ann               | reply | 4294967296     | 2030-01-01           | 3
        net     | _overall | flo                | ann               | reply | 4294967296     | 2030-01-01           | 3
        net     | _overall | gus                | ann               | reply | 4294967296     | 2030-01-01           | 3
    """,
    "feature__post_state": """
        network | post_id | topic_id | author_account_id | decayed_weight | interaction_count | last_interacted_date
        net     | p1      | jazz     | ann               | 4294967296     | 3                 | 2030-01-01
        net     | p2      | jazz     | ann               | 4294967296     | 3                 | 2030-01-01
    """,
}
LINKED_LATER = """
    network | account_id | person_id
    net     | eve        | Eve
    net     | flo        | Eve
"""


@pytest.fixture
def release(store) -> Release:
    """A release of a night on which nobody had declared a link yet; links came for that day since."""
    commit = partial(commit_rows, store, snapshot_date=str(NIGHT))
    for table, text in FROZEN.items():
        commit(table, text)
    snapshots = {table: store.iceberg(table).current_snapshot().snapshot_id for table in FROZEN}
    commit("core__identity_links", LINKED_LATER)
    unread = dict.fromkeys(Release.__dataclass_fields__)
    return Release(**unread | {"snapshot_date": NIGHT, "table_snapshots": snapshots})


def test_what_a_release_did_not_freeze_was_empty_that_night(spark, store, release):
    """Links would make one person of two engagers."""
    pairs = night_inputs(spark, store, NIGHT, release)["pairs"]
    assert {row["engager_person_id"] for row in pairs.collect()} == {"net:eve", "net:flo", "net:gus"}
    assert len(night_inputs(spark, store, NIGHT)["pairs"].collect()) == len({"Eve", "net:gus"})


def test_a_night_without_links_is_scored_again_as_it_was(spark, store, release, tmp_path):
    whole, _ = rescored_night(spark, store, release, ("v1",), ("net",), tmp_path)
    [found] = duckdb.read_parquet(whole.files).to_arrow_table().to_pylist()
    assert (found["person_id"], found["distinct_engager_count"], found["credit"]) == ("net:ann", 3, 3.0)


def test_a_network_without_which_nobody_is_left_leaves_no_row(spark, store, release, tmp_path, db):
    found = rescored_night(spark, store, release, ("v1",), ("net",), tmp_path)
    keep_rescored(db, found)
    assert db.table("dropped_networks").fetchall() == [("net",)]
    assert [(row["dropped_network"], row["person_id"]) for row in db.table("rescored").to_arrow_table().to_pylist()] == [
        (None, "net:ann")]
