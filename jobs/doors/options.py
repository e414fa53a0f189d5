"""Options that several commands share."""

from typing import Annotated

import typer

DAY = ["%Y-%m-%d"]
"""How a day is written on the command line."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
MadeBy = Annotated[str, typer.Option("--by", help="Who decides this; kept in the ledger.")]
DateText = Annotated[str | None, typer.Option("--date", help="A released night, 2030-01-31; default: the newest.")]
Version = Annotated[str | None, typer.Option("--version", help="An algorithm version; default: the active one.")]
