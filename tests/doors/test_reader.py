"""The reader shows one whole release, and nothing else."""

import pytest

from jobs.answers.reading import FROZEN_TABLES, OPEN_TABLES, Reader
from jobs.errors import MissingInput, PipelineError
from jobs.settings import Settings
from jobs.storage import Store

LATER = """
snapshot_date | person_id  | topic_id  | algorithm_version | influence_score | state
2030-01-03    | twitter:eve | gardening | v2               | 99              | scored
"""


def test_rows_that_no_release_names_are_not_seen(garden, write, versions_file):
    write("pub__scores", LATER)
    seen = Reader(garden, versions_file).ask("SELECT person_id FROM pub__scores WHERE person_id = 'twitter:eve'")
    assert list(seen.rows()) == []


def test_a_new_release_is_seen_by_a_reader_opened_after_it(garden, write, release, versions_file):
    before = Reader(garden, versions_file)
    write("pub__scores", LATER)
    release("release_number | release_id | snapshot_date | candidate_id | verdict\n4 | r-4 | 2030-01-03 | c-5 | pass")
    question = "SELECT COUNT(*) AS row_count FROM influence_scores WHERE snapshot_date = DATE '2030-01-03'"
    seen = [next(one.ask(question).rows())["row_count"] for one in (before, Reader(garden, versions_file))]
    assert seen == [0, 1]


def test_only_released_and_gate_tables_are_shown(reader):
    shown = {row["name"] for row in reader.ask("SHOW TABLES").rows()}
    assert {name for name in shown if "__" in name} == {*FROZEN_TABLES, *OPEN_TABLES}


def test_a_store_without_a_release_answers_with_no_rows(store, write, versions_file):
    write("gate__verdicts", "snapshot_date | candidate_id | verdict\n2030-01-01 | c-1 | block")
    empty = Reader(store, versions_file)
    assert list(empty.ask("SELECT influence_score, points FROM influence_scores, score_contributions").rows()) == []
    assert empty.released_dates == []


def test_a_home_without_a_store_is_an_error_and_stays_empty(tmp_path, versions_file):
    home = tmp_path / "nowhere"
    with pytest.raises(MissingInput, match="no store at .*nowhere"):
        Reader(Store(Settings(home=home)), versions_file)
    assert not home.exists()


def test_a_missing_active_version_is_an_error(planted, tmp_path):
    with pytest.raises(MissingInput, match='active = "v2"'):
        Reader(planted, tmp_path / "absent.toml")


def test_the_empty_tables_have_the_declared_columns(store, reader, versions_file):
    types = "SELECT column_name, column_type FROM (DESCRIBE pub__scores)"
    store.files("pub__scores")
    empty = Reader(store, versions_file)
    assert list(empty.ask(types).rows()) == list(reader.ask(types).rows())


def test_a_long_statement_is_stopped_and_the_reader_stays_usable(planted, versions_file):
    hurried = Reader(planted, versions_file, seconds=0.3)
    with pytest.raises(PipelineError, match="within 0.3 s"):
        hurried.ask("SELECT SUM(a.range * b.range) AS x FROM range(10000000) a, range(10000000) b")
    assert list(hurried.ask("SELECT 1 AS one").rows()) == [{"one": 1}]


def test_a_statement_that_needs_too_much_memory_is_an_error(reader):
    with pytest.raises(PipelineError, match="cannot be run: Out of Memory"):
        list(reader.ask("SELECT STRING_AGG(REPEAT('x', 1000000), '') AS x FROM range(3000)").rows())


def test_parameters_are_bound_and_never_read_as_sql(reader):
    hostile = {"who": "x' OR 1 = 1 --"}
    assert list(reader.ask("SELECT 1 AS one FROM influence_scores WHERE person_id = $who", hostile).rows()) == []


@pytest.mark.parametrize("given", [{}, {"who": "a", "more": "b"}])
def test_missing_and_unknown_parameters_are_named(reader, given):
    with pytest.raises(PipelineError, match=r"has the parameters who; got (none|more, who)"):
        reader.ask("SELECT $who AS who", given)


def test_two_columns_of_one_name_are_an_error(reader):
    with pytest.raises(PipelineError, match="two columns of one name"):
        reader.ask("SELECT 1 AS a, 2 AS a").rows()


def test_wrong_sql_says_what_and_where_and_what_to_do(reader):
    with pytest.raises(PipelineError, match=r"`SELECT scor FROM influence_scores` cannot be run: .*SHOW TABLES"):
        reader.ask("SELECT scor FROM influence_scores")


def test_an_error_quotes_the_statement_and_not_the_header_of_its_file(reader):
    with pytest.raises(PipelineError, match="^`SELECT scor FROM influence_scores` cannot be run"):
        reader.ask("-- What it answers.\n-- Grain: one row.\nSELECT scor\nFROM influence_scores")
