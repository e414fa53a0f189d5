"""The files of a pack: cells that cannot run, equal cuts, one seal, nothing overwritten that is no pack."""

import csv
import io
import json

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from jobs.audit.comparing import pack
from jobs.audit.comparing.attacks import markdown_rows, recorded_attacks, without_checksums
from jobs.audit.comparing.pack import CALLED, SUMS, even_parts, seal, sheet_safe, write_table
from jobs.errors import BadInput
from jobs.folders import put_in_place, require_replaceable
from jobs.report.charts import bars
from jobs.report.page import Listing, Section, render

VERSIONS = ("v1", "v2")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_cell_that_a_spreadsheet_would_run_is_quoted(cell):
    assert sheet_safe(pa.table({"person_id": [cell]}))["person_id"].to_pylist() == [f"'{cell}"]


def test_numbers_nulls_and_plain_text_stay_as_they_are(tmp_path):
    rows = pa.table({"points": [-1.5, None], "person_id": ["forum:1", None], "kind": ["a-b", '=HYPERLINK("x")']})
    assert sheet_safe(rows)["kind"].to_pylist() == ["a-b", "'=HYPERLINK(\"x\")"]
    write_table(tmp_path, "lines", rows)
    read = list(csv.DictReader(io.StringIO((tmp_path / "lines.csv").read_text())))
    assert [row["points"] for row in read] == ["-1.5", ""]
    assert pq.read_table(tmp_path / "lines.parquet").to_pylist() == rows.to_pylist()


def test_rows_are_cut_the_same_however_they_are_handed_over(monkeypatch):
    monkeypatch.setattr(pack, "GROUP_ROWS", 4)
    rows = pa.table({"n": range(10)})
    for size in (1, 3, 10):
        parts = even_parts(rows.to_reader(size))
        assert [part["n"].to_pylist() for part in parts] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_a_sheet_ends_where_spreadsheets_end_and_the_parquet_file_does_not(monkeypatch, tmp_path):
    monkeypatch.setattr(pack, "GROUP_ROWS", 4)
    monkeypatch.setattr(pack, "SHEET_ROWS", 6)
    written = write_table(tmp_path, "many", pa.table({"n": range(10)}))
    assert (written.row_count, written.csv_row_count) == (10, 6)
    assert pa_csv.read_csv(tmp_path / "many.csv").num_rows == 6
    assert pq.read_table(tmp_path / "many.parquet").num_rows == 10


def test_the_seal_changes_with_any_byte(tmp_path):
    (tmp_path / "a.csv").write_text("1\n")
    first = seal(tmp_path)
    (tmp_path / SUMS).unlink()
    assert seal(tmp_path) == first
    (tmp_path / SUMS).unlink()
    (tmp_path / "a.csv").write_text("2\n")
    assert seal(tmp_path) != first


def test_a_pack_replaces_a_pack_and_nothing_else(tmp_path):
    theirs, made = tmp_path / "theirs", tmp_path / "made"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("mine")
    made.mkdir()
    (made / SUMS).write_text("")
    with pytest.raises(BadInput, match="--out"):
        put_in_place(made, theirs, SUMS, CALLED)
    assert (theirs / "thesis.txt").read_text() == "mine"
    (theirs / "thesis.txt").rename(theirs / SUMS)
    put_in_place(made, theirs, SUMS, CALLED)
    assert (theirs / SUMS).read_text() == ""
    require_replaceable(theirs, SUMS, CALLED)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["theirs"]


def test_what_a_network_delivered_cannot_become_markup(tmp_path):
    hostile = '<script>alert(1)</script>"\u202e'
    listing = Listing("movers", hostile, [{"person_id": hostile, "points": -1.5, "is_held": True}], 1)
    chart = bars("chart-one", hostile, "movers.csv", [(hostile, -2.0)], "")
    page = render("compare.html.j2", title=hostile, lead="", sections=[Section("one", hostile, [hostile], [chart], [listing])])
    assert "<script" not in page
    assert "\u202e" not in page
    assert '<td class="number">-1.5</td><td>yes</td>' in page


def test_attack_results_are_taken_over_as_they_stand(tmp_path):
    assert recorded_attacks(tmp_path, VERSIONS) is None
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "attacks.md").write_text("# A\n\n| attack | v2 |\n|---|---|\n| ring | 9 |\n\n| other |\n|---|\n| x |\n\n| attack | v2 |\n|---|--:|\n| drip | 1 |\n")
    assert recorded_attacks(tmp_path, VERSIONS).to_pylist() == [{"attack": "ring", "v2": "9"}, {"attack": "drip", "v2": "1"}]
    record(tmp_path, [{"attack": "ring", "points": 2}])
    assert recorded_attacks(tmp_path, VERSIONS).to_pylist() == [{"attack": "ring", "points": 2}]
    assert markdown_rows("no table") == []


def test_recorded_numbers_and_nulls_keep_their_types(tmp_path):
    record(tmp_path, [
        {"attack": "ring", "lost": -0.5, "people": 3, "rank": None, "note": "a"},
        {"attack": "drip", "lost": 1, "people": None, "rank": None, "note": 7},
    ])
    found = recorded_attacks(tmp_path, VERSIONS)
    assert [str(kind) for kind in found.schema.types] == ["string", "double", "int64", "string", "string"]
    write_table(tmp_path, "attacks", found)
    read = list(csv.reader(io.StringIO((tmp_path / "attacks.csv").read_text())))
    assert read[1:] == [["ring", "-0.5", "3", "", "a"], ["drip", "1", "", "", "7"]]
    assert pq.read_table(tmp_path / "attacks.parquet").to_pylist()[0]["lost"] == -0.5


def test_only_rows_of_the_two_versions_and_of_no_version_are_taken_over(tmp_path):
    record(tmp_path, [{"attack": "none"}, *({"attack": "ring", "algorithm_version": name} for name in ("v1", "v2", "v3"))])
    assert recorded_attacks(tmp_path, VERSIONS)["algorithm_version"].to_pylist() == [None, "v1", "v2"]
    record(tmp_path, [{"attack": "ring", "algorithm_version": "v3"}])
    assert recorded_attacks(tmp_path, VERSIONS) is None


def test_checksums_of_what_was_attacked_are_left_to_the_files():
    assert without_checksums(pa.table({"attack": ["ring"], "seeds_sha256": ["ab" * 32]})).column_names == ["attack"]


def record(project, rows: list[dict]) -> None:
    """Results of the attack suite in a project."""
    folder = project / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "attacks.json").write_text(json.dumps(rows))
