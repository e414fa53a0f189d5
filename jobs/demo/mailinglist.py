"""Deliveries in the shape of pipermail: one gzipped mbox text for each list and day."""

import hashlib
from datetime import timedelta, timezone
from email.header import Header
from pathlib import Path

from jobs.demo.days import Habits
from jobs.demo.events import Event
from jobs.demo.names import RARE, USUAL, scrambled
from jobs.demo.packing import packed, write_bytes
from jobs.demo.people import Person

HABITS = Habits(
    network="mailinglist",
    posts_per_account=0.10,
    reactions_per_account=0.45,
    reactions={"post": {"reply": 1}, "reply": {"reply": 1}},
    writing=frozenset({"reply"}),
    named="reply",
)
SERVER_ZONE = timezone(timedelta(hours=2))
"""The separator line shows the server's own time without saying so; only the Date header counts."""

RARE_SCRAMBLING_EVERY = 31
ZONE_COMMENT_EVERY = 17
"""One message in so many is scrambled in the rarer way, or names its time zone after the Date."""


def write_day(folder: Path, events: list[Event], newcomers: list[Person]) -> dict[str, int]:
    """Write the messages of a day, a folder for each list, and count them; newcomers are not announced."""
    lists: dict[str, list[Event]] = {}
    for event in events:
        lists.setdefault(event.topic.list_name, []).append(event)
    for list_name, messages in sorted(lists.items()):
        text = "\n".join(message(event) for event in messages)
        write_bytes(folder / _file_name(list_name, folder), packed(text.encode()))
    return {_file_name(list_name, folder): len(messages) for list_name, messages in sorted(lists.items())}


def message_id(event: Event) -> str:
    """The id of a message, as in its Message-ID."""
    digest = hashlib.sha256(f"{event.number}/{event.person.number}".encode()).hexdigest()
    return f"<{digest[:8]}.{event.number}@{event.person.address.split('@')[1]}>"


def message(event: Event) -> str:
    """One message with the separator line before it."""
    sender = scrambled(event.person.address, USUAL if event.number % RARE_SCRAMBLING_EVERY else RARE)
    headers = [
        f"From {sender}  {event.at.astimezone(SERVER_ZONE):%a %b %e %H:%M:%S %Y}",
        f"From: {sender} ({_display_name(event.person)})",
        f"Date: {_date(event)}",
        f"Subject: {_subject(event)}",
        *_thread(event),
        f"Message-ID: {message_id(event)}",
    ]
    return "\n".join([*headers, "", _body(event), ""])


def _file_name(list_name: str, folder: Path) -> str:
    return f"{list_name}/{folder.name}.txt.gz"


def _display_name(person: Person) -> str:
    return person.name if person.name.isascii() else Header(person.name, "utf-8").encode()


def _date(event: Event) -> str:
    local = event.at.astimezone(timezone(timedelta(hours=event.person.zone_hours)))
    comment = "" if event.number % ZONE_COMMENT_EVERY else " (LOCAL)"
    return f"{local:%a, %e %b %Y %H:%M:%S %z}{comment}".replace(",  ", ", ")


def _subject(event: Event) -> str:
    subject = f"[{event.topic.list_name}] {event.title}"
    return f"Re: {subject}" if event.target else subject


def _thread(event: Event) -> list[str]:
    """The headers that name the parent; a second reference is folded onto a line of its own."""
    if not event.target:
        return []
    parent, root = message_id(event.target), message_id(event.root)
    references = parent if parent == root else f"{root}\n {parent}"
    return [f"In-Reply-To: {parent}", f"References: {references}"]


def _body(event: Event) -> str:
    greeting, signature = "Hello all,\n", f"-- \n{event.person.name}\n"
    return "\n".join([*_quoted(event.target), greeting, f"{event.text}\n", signature])


def _quoted(parent: Event | None) -> list[str]:
    if not parent:
        return []
    return [f"On {parent.at:%a, %b %e, %Y} {parent.person.name} wrote:\n", f"> {parent.text}", ">\n"]
