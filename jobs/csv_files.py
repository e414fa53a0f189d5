"""Tables for spreadsheet programs: text that they would run as a formula gets an apostrophe before it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

SIGNS = r"=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\x{2212}\x{FE62}\x{FE63}\x{FE66}\x{FE6B}"
FORMULA = rf"^[\t\r\n]|^[\s\p{{Z}}\p{{Cc}}\p{{Cf}}]*[{SIGNS}]"
"""What makes a program run a text cell: a sign of a formula, its full-width and small variants too, also behind spaces
and invisible signs, which some programs leave out on import (OWASP, CSV injection)."""

UNQUOTED = pa_csv.WriteOptions(quoting_style="needed")


def sheet_safe(rows: pa.Table) -> pa.Table:
    """Text cells that a spreadsheet program would run get an apostrophe before them; numbers stay numbers."""
    for place, field in enumerate(rows.schema):
        if is_text(field.type):
            text = rows.column(place).cast(pa.string())
            quoted = pc.binary_join_element_wise("'", text, "")
            safe = pc.if_else(pc.match_substring_regex(text, FORMULA), quoted, text)
            rows = rows.set_column(place, field.name, safe.cast(field.type))
    return rows


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds text, however it is stored."""
    stored = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(stored) or pa.types.is_large_string(stored) or pa.types.is_string_view(stored)


def write_sheet(path: Path, rows: pa.Table) -> None:
    """Write a small table as CSV."""
    pa_csv.write_csv(sheet_safe(rows), path, write_options=UNQUOTED)
