"""Pages from tables: one self-contained HTML file that loads nothing, runs nothing and escapes everything."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from jobs.report.charts import Chart
from jobs.terminal import printable

ROOM = Path(__file__).parent
STYLE = ROOM / "page.css"


@dataclass(frozen=True)
class Listing:
    """The first rows of a table of the pack; the whole one lies beside the page as <name>.csv and <name>.parquet."""

    name: str
    caption: str
    rows: Sequence[dict]
    row_count: int

    @property
    def columns(self) -> list[str]:
        """The columns in the order of the table."""
        return list(self.rows[0]) if self.rows else []


@dataclass(frozen=True)
class Section:
    """One part of a page: what it answers, what it says, what is drawn and what is listed."""

    anchor: str
    title: str
    sentences: Sequence[str]
    charts: Sequence[Chart] = field(default=())
    listings: Sequence[Listing] = field(default=())


def render(template: str, **values: object) -> str:
    """A page from a template of this package; style and its hash for the page's policy are given to it.

    Errors: jinja2.UndefinedError when the template names something that is not given.
    """
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _environment().get_template(template).render(style=Markup(style), style_digest=digest, **values)


@cache
def _environment() -> Environment:
    """Kept, because a template is compiled once for an environment, which takes longer than a page of a night."""
    environment = Environment(
        loader=FileSystemLoader(ROOM), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["shown"] = shown
    environment.tests["numeric"] = _is_numeric
    return environment


def shown(value: object) -> str:
    """A cell as text: nothing for null, numbers with their digits, no character that steers a reader's program."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6f}".rstrip("0").rstrip(".")
        case date() | datetime():
            return value.isoformat()
        case _:
            return printable(str(value))


def _is_numeric(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
