"""Deliveries in the shape of the Twitter API v1.1: one nested status a line, gzipped."""

import html
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

from jobs.demo.days import Habits
from jobs.demo.events import Event
from jobs.demo.packing import packed, write_bytes
from jobs.demo.people import Person

_REACTIONS = {"reshare": 0.6, "reply": 0.25, "quote": 0.1, "mention": 0.05}
HABITS = Habits(
    network="twitter",
    posts_per_account=0.25,
    reactions_per_account=0.65,
    reactions=dict.fromkeys(("post", "reply", "quote", "mention"), _REACTIONS),
    writing=frozenset({"reply", "quote", "mention"}),
    named="reshare",
)
FILE_NAME = "statuses.jsonl.gz"

SNOWFLAKE_EPOCH_MILLISECONDS = 1_288_834_974_657
SNOWFLAKE_SEQUENCE_BITS = 22
"""How Twitter makes an id: milliseconds since its epoch, then a sequence; it does not fit a double."""

RETWEET_CHARACTERS = 140
"""Longer retweets are cut, with an ellipsis."""

HASHTAG = re.compile(r"#(\w+)")


def write_day(folder: Path, events: list[Event], newcomers: list[Person]) -> dict[str, int]:
    """Write the statuses of a day and count them; newcomers are seen in their statuses only."""
    lines = [json.dumps(status(event), separators=(",", ":")) for event in events]
    write_bytes(folder / FILE_NAME, packed("".join(f"{line}\n" for line in lines).encode()))
    return {FILE_NAME: len(lines)}


def status_id(event: Event) -> int:
    """The id of a status, from its time and its place in the history."""
    milliseconds = int(event.at.timestamp() * 1000) - SNOWFLAKE_EPOCH_MILLISECONDS
    return milliseconds << SNOWFLAKE_SEQUENCE_BITS | event.number % (1 << SNOWFLAKE_SEQUENCE_BITS)


def status(event: Event) -> dict:
    """The status as the API would return it, with the statuses that it repeats or quotes inside."""
    text = _text(event)
    replied = event.target if event.kind == "reply" else None
    return {
        "created_at": _written_out(event.at),
        "id": status_id(event),
        "id_str": str(status_id(event)),
        "text": text,
        "source": '<a href="https://client.example" rel="nofollow">Client</a>',
        "truncated": False,
        **_answered(replied),
        "user": user(event.person),
        "geo": None,
        "coordinates": None,
        "place": None,
        "contributors": None,
        **_repeated(event),
        "retweet_count": len(event.target.reacted if event.kind == "reshare" else event.reacted),
        "favorite_count": 0 if event.kind == "reshare" else event.number % 7,
        "entities": _entities(event, text),
        "favorited": False,
        "retweeted": False,
        "lang": "en",
    }


def user(person: Person) -> dict:
    """The account as it is repeated in every status; followers say nothing about influence here."""
    is_loud = person.role == "bot"
    return {
        "id": int(person.accounts["twitter"]),
        "id_str": person.accounts["twitter"],
        "name": person.name,
        "screen_name": person.handle,
        "location": "",
        "description": f"Mostly {person.topics[0].name}.",
        "url": None,
        "protected": False,
        "followers_count": 90_000 + person.number if is_loud else person.number * 37 % 2_000,
        "friends_count": person.number * 11 % 700,
        "listed_count": person.number % 9,
        "favourites_count": person.number * 13 % 5_000,
        "statuses_count": person.number * 17 % 9_000,
        "created_at": _written_out(datetime(2026, 1, 1) + timedelta(hours=person.number % 20_000)),  # noqa: DTZ001
        "verified": False,
        "lang": "en",
    }


def _written_out(at: datetime) -> str:
    return f"{at:%a %b %d %H:%M:%S} +0000 {at:%Y}"


def _text(event: Event) -> str:
    text = html.escape(event.text, quote=False)
    if event.kind == "reshare":
        whole = f"RT @{event.target.person.handle}: {_text(event.target)}"
        return whole if len(whole) <= RETWEET_CHARACTERS else f"{whole[:RETWEET_CHARACTERS - 1]}…"
    if event.kind in ("reply", "mention"):
        return f"@{event.target.person.handle} {text}"
    if event.kind == "quote":
        return f"{text} https://t.co/{event.target.number:010d}"
    return f"{text} #{event.topic.hashtag}" if event.number % 5 < 3 else text


def _answered(parent: Event | None) -> dict:
    parent_id = status_id(parent) if parent else None
    author = parent.person if parent else None
    return {
        "in_reply_to_status_id": parent_id,
        "in_reply_to_status_id_str": str(parent_id) if parent else None,
        "in_reply_to_user_id": int(author.accounts["twitter"]) if author else None,
        "in_reply_to_user_id_str": author.accounts["twitter"] if author else None,
        "in_reply_to_screen_name": author.handle if author else None,
    }


def _repeated(event: Event) -> dict:
    if event.kind == "reshare":
        return {"is_quote_status": event.target.kind == "quote", "retweeted_status": _once(event.target)}
    if event.kind == "quote":
        quoted_id = status_id(event.target)
        quoted = {"quoted_status_id": quoted_id, "quoted_status_id_str": str(quoted_id)}
        return {"is_quote_status": True, **quoted, "quoted_status": _once(event.target)}
    return {"is_quote_status": False}


def _once(event: Event) -> dict:
    """The inner status; what it quotes itself is left out, as the API leaves out a second level."""
    inner = status(event)
    inner.pop("quoted_status", None)
    return inner


def _entities(event: Event, text: str) -> dict:
    tags = [{"text": found[1], "indices": list(found.span())} for found in HASHTAG.finditer(text)]
    links, mentions = _links(event, text), _mentions(event, text)
    return {"hashtags": tags, "symbols": [], "urls": links, "user_mentions": mentions}


def _links(event: Event, text: str) -> list[dict]:
    if event.kind != "quote":
        return []
    start = text.index("https://t.co/")
    expanded = f"https://twitter.com/{event.target.person.handle}/status/{status_id(event.target)}"
    return [{"url": text[start:], "expanded_url": expanded, "indices": [start, len(text)]}]


def _mentions(event: Event, text: str) -> list[dict]:
    if event.kind not in ("reshare", "reply", "mention"):
        return []
    person = event.target.person
    start = text.index("@")
    return [{
        "screen_name": person.handle,
        "name": person.name,
        "id": int(person.accounts["twitter"]),
        "id_str": person.accounts["twitter"],
        "indices": [start, start + len(person.handle) + 1],
    }]
