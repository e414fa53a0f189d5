"""JSON that is deep, huge, ambiguous or no text at all, delivered as statuses: quarantined with a reason, in time."""

import pytest

from tests.security.json_attacks import DOCUMENTS


@pytest.fixture(scope="module")
def found(deliver_all):
    files = {name: document if isinstance(document, bytes) else document.encode()
             for name, (document, _) in DOCUMENTS.items()}
    return deliver_all("twitter", "statuses.jsonl", files)


@pytest.mark.parametrize("attack", DOCUMENTS)
def test_a_hostile_document_is_quarantined_with_its_reason(found, attack):
    assert found[attack] == DOCUMENTS[attack][-1]


def test_a_key_given_twice_has_one_meaning_everywhere(found, attacked):
    ids = {row["post_id"] for row in attacked.arrow("core__posts").to_pylist()}
    assert "32" in ids
    assert "31" not in ids


def test_a_name_that_is_a_statement_is_stored_as_a_name(found, attacked):
    names = {row["account_name"] for row in attacked.arrow("core__accounts").to_pylist()}
    assert "'; DROP TABLE core__posts; --" in names
