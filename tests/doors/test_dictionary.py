"""The data dictionary says what jobs/tables.py says."""

import pytest

from jobs.dictionary import PAGE, page, require_fresh, section
from jobs.errors import PipelineError
from jobs.tables import TABLES


def test_the_page_in_docs_is_fresh():
    require_fresh(PAGE)
    assert PAGE.read_text() == page()


@pytest.mark.parametrize("text", [None, "", "edited by hand"])
def test_a_missing_or_edited_page_is_stale(tmp_path, text):
    path = tmp_path / "data_dictionary.md"
    if text is not None:
        path.write_text(text)
    with pytest.raises(PipelineError, match=r"data_dictionary.md is stale.*python -m jobs.dictionary"):
        require_fresh(path)


def test_every_table_and_column_is_on_the_page():
    lines = page().splitlines()
    sections = {line.removeprefix("## ") for line in lines if line.startswith("## ")}
    rows = [line for line in lines if line.startswith(("| `", "| **`"))]
    assert sections == set(TABLES)
    assert len(rows) == sum(len(table.columns) for table in TABLES.values())


def test_a_column_that_may_be_null_says_what_null_means():
    rows = [line for line in page().splitlines() if line.startswith("| `influence_score` |")]
    assert rows[0].endswith("| not enough evidence, see state |")


@pytest.mark.parametrize(("table", "column", "null_means"), [
    ("pub__scores", "**`topic_id`**", "never null"), ("pub__evidence", "`post_id`", "never null"),
    ("feature__post_state", "**`topic_id`**", "the post matched no topic"),
    ("core__interactions", "`post_id`", "the reaction is to an account, not to a post"),
])
def test_what_null_means_is_said_for_each_table(table, column, null_means):
    [row] = [line for line in section(TABLES[table]).splitlines() if line.startswith(f"| {column} |")]
    assert row.endswith(f"| {null_means} |")
