"""What the attack suite found, as it was recorded beside the code: read as it stands, never run from here."""

import json
import re
from pathlib import Path

import pyarrow as pa

from jobs.errors import BadInput

RESULTS = Path("bench") / "results" / "attacks.json"
PAGE = Path("docs") / "attacks.md"

SEPARATOR_ROW = re.compile(r"[|\s:-]+")


def recorded_attacks(project: Path) -> pa.Table | None:
    """The recorded results as a table of text; None when there are none.

    Source: bench/results/attacks.json, a list of flat objects, else the tables of docs/attacks.md that have the
    header of the first one. Errors: BadInput when the file is something else.
    """
    if (project / RESULTS).is_file():
        return _table(_json_rows(project / RESULTS))
    if (project / PAGE).is_file():
        return _table(markdown_rows((project / PAGE).read_text(encoding="utf-8")))
    return None


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


def _json_rows(path: Path) -> list[dict[str, str]]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"{path}: expected a list of objects, one a row; run the attack suite again.")
    return [{name: str(cell) for name, cell in row.items()} for row in rows]


def _table(rows: list[dict[str, str]]) -> pa.Table | None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return None
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
