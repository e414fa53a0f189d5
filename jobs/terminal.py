"""How rows are shown: as tables to people, as JSON to machines; what a network delivered never steers a terminal."""

import json
import math
import sys
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

STEERING_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories that move the cursor, change colours or turn the reading direction."""

PIPED_WIDTH = 160
"""Columns when the output is no terminal; the widest table of the reading commands fits."""


def printable(text: str) -> str:
    """The text without characters that a terminal would obey instead of show."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in STEERING_CATEGORIES)


def printable_lines(text: str) -> str:
    """The text of several lines, without what a terminal would obey; only our own line ends stay."""
    return "\n".join(map(printable, text.split("\n")))


def show_table(title: str, rows: list[dict], columns: Iterable[str] | None = None) -> None:
    """Print rows as a table under their column names, all of them or the chosen ones; nothing without columns."""
    table = Table(title=Text(printable(title)), title_justify="left", title_style="bold")
    chosen = list(columns if columns is not None else rows[0] if rows else [])
    for name in chosen:
        table.add_column(Text(printable(name)), justify=_side([row[name] for row in rows]), overflow="fold")
    for row in rows:
        table.add_row(*[Text(_shown(row[name])) for name in chosen])
    if chosen:
        _console().print(table)


def show_line(text: str) -> None:
    """Print one line of text."""
    _console().print(Text(printable(text)))


def show_json(value: object) -> None:
    """Print a value as JSON."""
    print(json.dumps(plain(value), indent=2, allow_nan=False))


def show_json_rows(rows: Iterable[dict]) -> None:
    """Print rows as a JSON list, one row a line, as they come."""
    separator = ""
    sys.stdout.write("[")
    for row in rows:
        sys.stdout.write(f"{separator}\n{json.dumps(plain(row), allow_nan=False)}")
        separator = ","
    sys.stdout.write("\n]\n")


def plain(value: object) -> object:
    """The value in JSON's types: dates as ISO text, decimals as numbers, bytes as hex, NaN and infinity as null."""
    match value:
        case dict():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            return _number(value)
        case date() | datetime():
            return value.isoformat()
        case bytes():
            return value.hex()
        case _:
            return str(value)


def _number(value: float | Decimal) -> float | int | None:
    if not math.isfinite(value):
        return None
    is_whole = isinstance(value, Decimal) and value.as_tuple().exponent >= 0
    return int(value) if is_whole else float(value)


def _side(values: list[object]) -> str:
    return "right" if any(isinstance(value, int | float | Decimal) for value in values) else "left"


def _shown(value: object) -> str:
    return "" if value is None else printable(str(value))


def _console() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    return console if console.is_terminal else Console(width=PIPED_WIDTH, highlight=False, markup=False, emoji=False)
