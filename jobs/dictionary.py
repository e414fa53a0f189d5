"""The data dictionary, written from jobs/tables.py so that it cannot say anything else.

`python -m jobs.dictionary` writes docs/data_dictionary.md; with --check it exits 1 when the page is stale.
"""

from pathlib import Path
from typing import Annotated

import typer

from jobs.door import run_door
from jobs.errors import PipelineError
from jobs.schema import Column, Table
from jobs.tables import TABLES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "data_dictionary.md"

HEADER = """# Data dictionary

Written by `python -m jobs.dictionary` from `jobs/tables.py`; a test fails when this page is stale.

A column name means the same quantity, in the same unit, in every table. Readers are shown the `pub__` tables, through
the views of `sql/views` (see [for_analysts.md](for_analysts.md)), and `gate__verdicts` and `gate__findings`.

Types: `points` is an exact decimal with four places; `timestamp` is UTC; `long` is a whole number.
"""

app = typer.Typer(help=__doc__)


def page() -> str:
    """The whole page: an index, then one section per table in the order in which data flows."""
    index = "\n".join(f"| [`{t.name}`](#{t.name}) | {t.writer} | {_cell(t.grain)} |" for t in TABLES.values())
    sections = "\n".join(section(table) for table in TABLES.values())
    return f"{HEADER}\n| table | written by | one row per |\n|---|---|---|\n{index}\n\n{sections}"


def section(table: Table) -> str:
    """One table: grain, key and columns."""
    rows = "\n".join(_row(column, table) for column in table.columns)
    return (
        f"## {table.name}\n\nOne row per {table.grain}; key: {', '.join(f'`{name}`' for name in table.key)}; "
        f"written by {table.writer}.\n\n| column | type | meaning | null means |\n|---|---|---|---|\n{rows}\n"
    )


def _row(column: Column, table: Table) -> str:
    name = f"**`{column.name}`**" if column.name in table.key else f"`{column.name}`"
    return f"| {name} | {column.type} | {_cell(column.meaning)} | {_cell(column.null_meaning) or 'never null'} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


@app.command()
def main(check: Annotated[bool, typer.Option("--check", help="Only compare; exit 1 when stale.")] = False) -> None:
    """Write the page, or compare it."""
    if check:
        return require_fresh(PAGE)
    PAGE.write_text(page())
    return None


def require_fresh(path: Path) -> None:
    """Fail when the page is not what the tables say; errors: PipelineError."""
    if not path.is_file() or path.read_text() != page():
        raise PipelineError(
            f"{path.name} is stale: expected what jobs/tables.py says. Run `python -m jobs.dictionary`, then commit it."
        )


if __name__ == "__main__":
    run_door(app)
