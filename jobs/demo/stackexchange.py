"""Deliveries in the shape of a Stack Exchange dump: XML files with a row for everything of one day."""

import html
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

from jobs.demo.days import Habits
from jobs.demo.events import Event
from jobs.demo.packing import write_bytes
from jobs.demo.people import Person

HABITS = Habits(
    network="stackexchange",
    posts_per_account=0.08,
    reactions_per_account=0.80,
    reactions={
        "post": {"answer": 0.3, "comment": 0.2, "vote": 0.38, "like": 0.1, "downvote": 0.02},
        "answer": {"comment": 0.35, "vote": 0.48, "endorsement": 0.12, "downvote": 0.05},
    },
    writing=frozenset({"answer"}),
    named="comment",
    deleted_share=0.01,
    expert_answers_share=0.5,
)
POST_TYPES = {"post": 1, "answer": 2}
VOTE_TYPES = {"endorsement": 1, "vote": 2, "downvote": 3, "like": 5}
LICENCE = "CC BY-SA 4.0"
BYTE_ORDER_MARK = "\ufeff"
SECOND_TAGS = ("beginner", "troubleshooting", "recommendation")
"""Every other question bears one of these beside its topic."""

ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#xA;"})


def write_day(folder: Path, events: list[Event], newcomers: list[Person]) -> dict[str, int]:
    """Write the five files of a day and count their rows."""
    snapshot_date = date.fromisoformat(folder.name)
    posts = [event for event in events if event.kind in POST_TYPES]
    files = {
        "Posts.xml": [_post(event) for event in posts],
        "Comments.xml": [_comment(event) for event in events if event.kind == "comment"],
        "Votes.xml": [_vote(event) for event in events if event.kind in VOTE_TYPES],
        "Users.xml": [_user(person, snapshot_date) for person in newcomers],
        "Tags.xml": _tag_counts(posts),
    }
    for file_name, rows in files.items():
        write_bytes(folder / file_name, _xml(file_name.removesuffix(".xml").lower(), rows))
    return {file_name: len(rows) for file_name, rows in files.items()}


def _xml(element: str, rows: list[dict]) -> bytes:
    """The file as the dump has it: byte order mark, CRLF, one row a line, absent attributes left out."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<{element}>", *map(_row, rows), f"</{element}>"]
    return (BYTE_ORDER_MARK + "\r\n".join(lines)).encode()


def _row(attributes: dict) -> str:
    given = {name: str(value).translate(ESCAPED) for name, value in attributes.items() if value is not None}
    return "  <row " + " ".join(f'{name}="{value}"' for name, value in given.items()) + " />"


def _post(event: Event) -> dict:
    is_question = event.kind == "post"
    return {
        "Id": event.number,
        "PostTypeId": POST_TYPES[event.kind],
        "ParentId": None if is_question else event.target.number,
        "CreationDate": _written_out(event.at),
        "Score": event.number % 5,
        "ViewCount": event.number % 90 if is_question else None,
        "Body": _html(event.text),
        **_owner(event.person),
        "LastActivityDate": _written_out(event.at),
        "Title": event.title if is_question else None,
        "Tags": "".join(f"<{tag}>" for tag in _tags(event)) if is_question else None,
        "AnswerCount": 0 if is_question else None,
        "CommentCount": 0,
        "ContentLicense": LICENCE,
    }


def _owner(person: Person | None) -> dict:
    """The owner; of a deleted account only a name is left."""
    if person is None:
        return {"OwnerDisplayName": "user404"}
    return {"OwnerUserId": person.accounts["stackexchange"]}


def _comment(event: Event) -> dict:
    return {
        "Id": event.number,
        "PostId": event.target.number,
        "Score": 0,
        "Text": event.text,
        "CreationDate": _written_out(event.at),
        "UserId": event.person.accounts["stackexchange"],
        "ContentLicense": LICENCE,
    }


def _vote(event: Event) -> dict:
    """A vote shows the day only, and hides who gave it unless it marks a favourite."""
    return {
        "Id": event.number,
        "PostId": event.target.number,
        "VoteTypeId": VOTE_TYPES[event.kind],
        "UserId": event.person.accounts["stackexchange"] if event.kind == "like" else None,
        "CreationDate": f"{event.at:%Y-%m-%d}T00:00:00.000",
    }


def _user(person: Person, first_seen: date) -> dict:
    created = datetime.combine(first_seen, datetime.min.time()) + timedelta(minutes=person.number % 1_440)
    return {
        "Id": person.accounts["stackexchange"],
        "Reputation": 1,
        "CreationDate": _written_out(created),
        "DisplayName": person.name,
        "LastAccessDate": _written_out(created),
        "AboutMe": _html(f"Mostly {person.topics[0].name}."),
        "Views": 0,
        "UpVotes": 0,
        "DownVotes": 0,
        "AccountId": 500_000 + person.number,
    }


def _tag_counts(posts: list[Event]) -> list[dict]:
    counts = Counter(tag for event in posts if event.kind == "post" for tag in _tags(event))
    numbered = enumerate(sorted(counts.items()), start=1)
    return [{"Id": place, "TagName": tag, "Count": count} for place, (tag, count) in numbered]


def _tags(event: Event) -> list[str]:
    tags = [event.topic.topic_id]
    if event.number % 2:
        tags.append(SECOND_TAGS[event.number % len(SECOND_TAGS)])
    return tags


def _html(text: str) -> str:
    return f"<p>{html.escape(text)}</p>\n"


def _written_out(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}"
