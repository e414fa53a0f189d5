"""Options that several commands share."""

from datetime import datetime
from typing import Annotated

import typer


def as_day(text: str) -> datetime:
    """A day of the command line; errors: BadParameter, which names the option."""
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r}: expected a day such as 2030-01-31. Write year, month and day with dashes.") from error


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
MadeBy = Annotated[str, typer.Option("--by", help="Who decides this; kept in the ledger.")]
DateText = Annotated[str | None, typer.Option("--date", help="A released night, 2030-01-31; default: the newest.")]
Version = Annotated[str | None, typer.Option("--version", help="An algorithm version; default: the active one.")]
