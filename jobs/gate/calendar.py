"""The event calendar: days on which a named metric may move more than usual, believed only when it is signed.

<home>/calendar.toml holds [[event]] tables; <home>/calendar.toml.hmac the HMAC-SHA-256 of its bytes in hex.
"""

import hashlib
import hmac
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jobs.errors import BadInput
from jobs.gate.history import LARGEST_FACTOR, CalendarEvent
from jobs.settings import Settings

CALENDAR, SIGNATURE = "calendar.toml", "calendar.toml.hmac"

EVENT_KEYS = {"date", "metric", "factor", "reason"}


@dataclass(frozen=True)
class Calendar:
    """The events that count, and what is wrong with the file; with a fault no event counts, and the night blocks."""

    events: tuple[CalendarEvent, ...] = ()
    faults: tuple[str, ...] = ()


def load_calendar(settings: Settings) -> Calendar:
    """The calendar of a store; without a file there is no event and no fault."""
    path = settings.home / CALENDAR
    if not path.is_file():
        return Calendar()
    content, signature = path.read_bytes(), settings.home / SIGNATURE
    if not settings.calendar_key or not signature.is_file():
        return Calendar(faults=(f"{CALENDAR} is not signed, or CANDOR_CALENDAR_KEY is not set",))
    if not hmac.compare_digest(signature.read_text().strip(), signature_of(content, settings.calendar_key)):
        return Calendar(faults=(f"{CALENDAR} was changed after it was signed, or signed with another key",))
    try:
        return Calendar(events_in(content.decode()))
    except BadInput as error:
        return Calendar(faults=(str(error),))


def sign(settings: Settings) -> Path:
    """Write the signature beside the calendar. Errors: BadInput for no key, no calendar or one that says too much."""
    path = settings.home / CALENDAR
    if not settings.calendar_key or not path.is_file():
        raise BadInput(f"{path}: expected a calendar, and its key in CANDOR_CALENDAR_KEY; found not both.")
    events_in(path.read_text())
    signed = settings.home / SIGNATURE
    signed.write_text(signature_of(path.read_bytes(), settings.calendar_key) + "\n")
    return signed


def signature_of(content: bytes, key: str) -> str:
    """HMAC-SHA-256 in hex."""
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def events_in(text: str) -> tuple[CalendarEvent, ...]:
    """The events of a calendar. Errors: BadInput for what is no event, or a factor outside 1 to 3."""
    try:
        tables = tomllib.loads(text).get("event", [])
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{CALENDAR}: expected TOML, got {error}. Correct it and sign it again.") from error
    return tuple(_event(number, table) for number, table in enumerate(tables, start=1))


def _event(number: int, table: dict) -> CalendarEvent:
    factor = table.get("factor")
    is_told = set(table) == EVENT_KEYS and all(str(value).strip() for value in table.values())
    is_sound = is_told and type(table["date"]) is date and isinstance(factor, int | float)
    if not is_sound or not 1 <= factor <= LARGEST_FACTOR:
        raise BadInput(
            f"{CALENDAR}, event {number}: expected date = 2030-12-25, metric = \"log_rows\", a reason, and a factor "
            f"from 1 to {LARGEST_FACTOR:g}, got {table}. Correct it and sign it again."
        )
    return CalendarEvent(table["date"], table["metric"], float(factor))
