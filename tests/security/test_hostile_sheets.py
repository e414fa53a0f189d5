"""No text of a person becomes a formula in a spreadsheet, whichever command wrote the file."""

import csv
import io
import re

import pyarrow as pa
import pytest

from jobs.audit.comparing.pack import sheet_safe, write_table
from tests.security.sheet_and_page_attacks import FORMULAS

INVISIBLE = r"\s\x00-\x1f\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3000\ufeff"
SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe66"
WOULD_RUN = re.compile(f"[{INVISIBLE}]*[{SIGNS}]|[\t\r\n]")


@pytest.mark.parametrize("attack", FORMULAS)
def test_a_text_cell_never_begins_a_formula(tmp_path, attack):
    write_table(tmp_path, "people", pa.table({"person_id": [FORMULAS[attack]], "points": [-1.5]}))
    header, cells = csv.reader(io.StringIO((tmp_path / "people.csv").read_bytes().decode(), newline=""))
    assert header == ["person_id", "points"]
    assert not WOULD_RUN.match(cells[0])
    assert cells[0].removeprefix("'") == FORMULAS[attack]
    assert cells[1] == "-1.5"


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())], ids=str)
def test_every_kind_of_text_column_is_made_safe(kind):
    rows = sheet_safe(pa.table({"person_id": pa.array(["=1+1"]).cast(kind)}))
    assert rows["person_id"].to_pylist() == ["'=1+1"]
