"""The command that signs the event calendar."""

import typer

from jobs.settings import load_settings
from jobs.terminal import show_line

calendar = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(calendar, name="calendar")


@calendar.callback()
def of_the_store() -> None:
    """The event calendar: dates on which a metric may move more than usual."""


@calendar.command("sign")
def sign_calendar() -> None:
    """Sign <home>/calendar.toml with the key in CANDOR_CALENDAR_KEY; the gate believes no other calendar.

    Example: candor calendar sign
    """
    from jobs.gate.calendar import sign

    show_line(f"signed: {sign(load_settings())}")
