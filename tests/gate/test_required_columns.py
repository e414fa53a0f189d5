"""A null where a table says "never null" blocks the night; one that means something there does not."""

import pytest

from jobs.settings import Settings
from jobs.storage import Store
from tests.gate.test_gate_on_a_store import broken_night, judged, propose

REQUIRED = """
pub__scores               | topic_id
core__posts               | post_id
core__post_topics         | topic_id
feature__engagement_state | author_account_id
"""
MEANT = """
feature__post_state       | topic_id
feature__engagement_state | engager_account_id
core__interactions        | post_id
"""
"""A post without topics, a reaction that the network gives only as a total, a reaction to an account."""


def printed(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(Settings(home=tmp_path / "store", networks=("mailinglist",)))


@pytest.mark.parametrize(("table", "column"), printed(REQUIRED))
def test_a_null_in_a_column_that_its_table_requires_blocks(store, table, column):
    propose(store, broken_night(table, **{column: None}))
    [finding] = [one for one in judged(store).findings if one.invariant == "nothing_required_is_null"]
    assert (finding.is_held, finding.severity, finding.offenders) == (False, "block", f"{table} {column} 1 nulls")


@pytest.mark.parametrize(("table", "column"), printed(MEANT))
def test_a_null_that_means_something_in_its_table_does_not(store, table, column):
    propose(store, broken_night(table, **{column: None}))
    [finding] = [one for one in judged(store).findings if one.invariant == "nothing_required_is_null"]
    assert finding.is_held
