"""What the attack suite found, as it was recorded beside the code: read as it stands, never run from here."""

import json
import re
from collections.abc import Collection
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from jobs.errors import BadInput

RESULTS = Path("bench") / "results" / "attacks.json"
PAGE = Path("docs") / "attacks.md"

VERSION = "algorithm_version"
"""Column that names whom a row is about."""

CHECKSUM = "_sha256"
"""End of the names of columns that hold checksums."""

SEPARATOR_ROW = re.compile(r"[|\s:-]+")


def recorded_attacks(project: Path, versions: Collection[str]) -> pa.Table | None:
    """The recorded results of some versions, and those that name no version; None when there are none.

    Source: bench/results/attacks.json, a list of flat objects, else the tables of docs/attacks.md that have the
    header of the first one. Errors: BadInput when the file is something else.
    """
    rows: list[dict] = []
    if (project / RESULTS).is_file():
        rows = _json_rows(project / RESULTS)
    elif (project / PAGE).is_file():
        rows = markdown_rows((project / PAGE).read_text(encoding="utf-8"))
    names = list(dict.fromkeys(name for row in rows for name in row))
    found = pa.table({name: _column([row.get(name) for row in rows]) for name in names})
    if VERSION in names:
        found = found.filter(pc.is_in(found[VERSION], pa.array([*versions, "", None], pa.string())))
    return found if found.num_rows else None


def without_checksums(rows: pa.Table) -> pa.Table:
    """The columns that a reader can read; checksums are for programs."""
    return rows.select([name for name in rows.column_names if not name.endswith(CHECKSUM)])


def markdown_rows(text: str) -> list[dict[str, str]]:
    """The rows of the Markdown tables that share the header of the first one."""
    lines = [line.strip() for line in text.splitlines()]
    starts = [place for place, line in enumerate(lines[1:]) if line.startswith("|") and SEPARATOR_ROW.fullmatch(line)]
    header = _cells(lines[starts[0]]) if starts else []
    rows = []
    for start in starts:
        if _cells(lines[start]) == header:
            for line in lines[start + 2:]:
                if not line.startswith("|"):
                    break
                rows.append(dict(zip(header, _cells(line), strict=False)))
    return rows


def _json_rows(path: Path) -> list[dict]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"{path}: expected a list of objects, one a row; run the attack suite again.")
    return rows


def _column(cells: list) -> pa.Array:
    """Whole numbers, numbers, truths, else text; nulls stay null."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds in ({bool}, {int}, {float}):
        return pa.array(cells)
    if kinds == {int, float}:
        return pa.array(cells, pa.float64())
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
