"""The real Klout ontology, with the numbers counted in its README."""

from collections import Counter
from dataclasses import replace

import pytest

from jobs.topics.ontology import ROOT_TOPIC_ID, OntologyImport, import_klout

ECONOMICS_EDGE_COUNT = 21
"""Edges of the one topic that the ontology file does not list."""


@pytest.fixture
def folder(real_data):
    path = real_data / "topics-klout-ontology"
    if not path.is_dir():
        pytest.skip(f"test data not found at {path}")
    return path


def test_the_real_ontology_arrives_whole_and_once(store, folder):
    imported = import_klout(store, folder)
    assert imported == OntologyImport(
        topic_source="klout-2018-06-01", topic_count=8033, edge_count=13446 - 1, name_count=47930,
        self_loop_count=1, unknown_edge_count=ECONOMICS_EDGE_COUNT, unknown_name_count=5, is_recognised=False,
    )
    assert import_klout(store, folder) == replace(imported, is_recognised=True)
    topics = store.arrow("core__topics")
    ids = topics["topic_id"].to_pylist()
    delivered = (folder / "klout_topic_ontology_20180601.csv").read_text().splitlines()[1:]
    assert set(ids) == {line.split(",")[0] for line in delivered}
    assert len(ids) == len(set(ids)) == 8033
    assert sum(int(topic_id) > 2**63 - 1 for topic_id in ids) == 3541
    assert max(int(topic_id) for topic_id in ids) < 2**64
    assert len(set(topics["topic_slug"].to_pylist())) == 8033
    assert len(set(topics["topic_name"].to_pylist())) == 8027


def test_the_real_hierarchy_and_names_have_their_counted_shape(store, folder):
    import_klout(store, folder)
    edges = store.arrow("core__topic_edges").to_pylist()
    parents = Counter(edge["topic_id"] for edge in edges)
    assert sum(edge["parent_topic_id"] == ROOT_TOPIC_ID for edge in edges) == 16
    assert sum(count > 1 for count in parents.values()) == 2396
    assert max(parents.values()) == 18
    languages = Counter(store.arrow("core__topic_names")["language_code"].to_pylist())
    assert languages == {"ar": 7980, "de": 7979, "en": 8033, "es": 7979, "fr": 7980, "it": 7979}
