"""The import of an ontology in Klout's format, with made-up topics."""

from dataclasses import replace

import pytest

from jobs.errors import BadInput, MissingInput
from jobs.topics.ontology import KEYS, OntologyImport, import_klout

BEYOND_SIGNED = str(2**63 + 2**62 + 1)

FILES = {
    "klout_topic_ontology_20300101.csv": f"""\
topicId,topicSlug,topicDisplayName,wikiItemId,freebaseMachineId
1,"plants","Plants, all of them","Q1","m1"
{BEYOND_SIGNED},"roses","Roses","Q2","m2"
""",
    "klout_topic_edge_20300101.csv": f"""\
"parentTopicId","parrentTopicSlug","childTopicId","childTopicSlug"
0,"_ROOT_",0,"_ROOT_"
0,"_ROOT_",1,"plants"
1,"plants",{BEYOND_SIGNED},"roses"
7,"lost",{BEYOND_SIGNED},"roses"
1,"plants",7,"lost"
""",
    "klout_topic_display_20300101.csv": f"""\
"topicId","language","topicDisplayName"
1,"en","Plants"
{BEYOND_SIGNED},"de","Rosen"
7,"de","Verloren"
""",
}
COUNTED = OntologyImport(
    topic_source="klout-2030-01-01", topic_count=2, edge_count=4, name_count=3, self_loop_count=1,
    unknown_edge_count=2, unknown_name_count=1, is_recognised=False,
)


@pytest.fixture
def folder(tmp_path):
    delivered = tmp_path / "delivered"
    delivered.mkdir()
    for name, text in FILES.items():
        (delivered / name).write_text(text)
    return delivered


def edit(folder, part, old, new):
    path = folder / f"klout_topic_{part}_20300101.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_odd_rows_are_counted_and_the_root_loop_is_left_out(store, folder):
    assert import_klout(store, folder) == COUNTED
    edges = store.arrow("core__topic_edges").to_pylist()
    assert sorted((edge["parent_topic_id"], edge["topic_id"]) for edge in edges) == sorted(
        [("0", "1"), ("1", BEYOND_SIGNED), ("7", BEYOND_SIGNED), ("1", "7")])


def test_ids_beyond_64_signed_bits_arrive_unchanged(store, folder):
    import_klout(store, folder)
    topics = {row["topic_id"]: row for row in store.arrow("core__topics").to_pylist()}
    assert topics[BEYOND_SIGNED] == {"topic_source": "klout-2030-01-01", "topic_id": BEYOND_SIGNED,
                                     "topic_slug": "roses", "topic_name": "Roses"}
    assert topics["1"]["topic_name"] == "Plants, all of them"


def test_the_same_files_again_are_recognised_and_not_loaded_twice(store, folder):
    import_klout(store, folder)
    assert import_klout(store, folder) == replace(COUNTED, is_recognised=True)
    assert store.arrow("core__topic_names").num_rows == 3


def test_an_import_that_was_cut_short_is_completed(store, folder, monkeypatch):
    def fail(table, rows):
        if table == "core__topic_names":
            raise OSError("no space left")
        return append(table, rows)

    append = store.append_rows
    monkeypatch.setattr(store, "append_rows", fail)
    with pytest.raises(OSError, match="no space"):
        import_klout(store, folder)
    monkeypatch.undo()
    assert import_klout(store, folder) == COUNTED
    assert {name: store.arrow(name).num_rows for name in KEYS} == {
        "core__topics": 2, "core__topic_edges": 4, "core__topic_names": 3}


def test_other_content_under_a_loaded_date_is_refused(store, folder):
    import_klout(store, folder)
    edit(folder, "ontology", '"Roses"', '"All roses"')
    with pytest.raises(BadInput, match="core__topics: klout-2030-01-01 was loaded before with other content"):
        import_klout(store, folder)


def test_the_newest_date_in_the_folder_is_imported(store, folder):
    (folder / "klout_topic_ontology_20291231.csv").write_text("topicId,topicSlug,topicDisplayName\n9,o,Old\n")
    assert import_klout(store, folder).topic_source == "klout-2030-01-01"


def test_a_bad_header_names_the_file_and_the_columns(store, folder):
    edit(folder, "edge", "parrentTopicSlug", "parentTopicSlug")
    with pytest.raises(BadInput, match="klout_topic_edge_20300101.csv: expected .*missing parrentTopicSlug"):
        import_klout(store, folder)


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        ("display", '1,"en","Plants"', '1,"en"', "expected UTF-8 CSV with the columns"),
        ("ontology", '"roses","Roses"', '"",""', "got empty cells in topicSlug,topicDisplayName"),
        ("ontology", BEYOND_SIGNED, "1", "core__topics: expected one row per topic_id, got 1 repeated"),
    ],
)
def test_a_broken_row_is_refused_and_nothing_is_loaded(store, folder, part, old, new, message):
    edit(folder, part, old, new)
    with pytest.raises(BadInput, match=message):
        import_klout(store, folder)
    assert store.arrow("core__topics").num_rows == 0


def test_a_date_that_does_not_exist_is_refused(store, folder):
    (folder / "klout_topic_ontology_20301399.csv").write_text("topicId,topicSlug,topicDisplayName\n9,n,New\n")
    for part in ("edge", "display"):
        text = (folder / f"klout_topic_{part}_20300101.csv").read_text()
        (folder / f"klout_topic_{part}_20301399.csv").write_text(text)
    with pytest.raises(BadInput, match="expected a date in klout_topic_ontology_20301399.csv"):
        import_klout(store, folder)


def test_a_missing_file_of_the_same_date_is_named(store, folder):
    (folder / "klout_topic_display_20300101.csv").unlink()
    with pytest.raises(MissingInput, match="klout_topic_display_20300101.csv"):
        import_klout(store, folder)


def test_a_folder_without_ontology_is_an_error(store, tmp_path):
    with pytest.raises(MissingInput, match="expected klout_topic_ontology_<YYYYMMDD>.csv, found none"):
        import_klout(store, tmp_path)
