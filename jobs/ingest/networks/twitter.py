"""Twitter API v1.1: statuses as JSON lines, arrays or search responses, or the flattened rows of R's rtweet.

Day:     created_at of the status, UTC; a retweet belongs to the day of the retweet.
Unused:  likes, retweet and follower counts, which are totals of the day of collection and name nobody.
Topic:   hashtags, case folded.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from jobs.errors import BadInput
from jobs.ingest.contract import Account, Interaction, Post, Record, SourceRow
from jobs.ingest.json_documents import parsed, read_documents
from jobs.ingest.refusals import (
    MAX_FIELD_BYTES,
    RefusedError,
    ends_marked,
    exact_id,
    kept,
    required_id,
    row_or_refusal,
    utc_time,
)

MEMBERS = (".json", ".jsonl", ".json.gz", ".jsonl.gz")
"""Files of a delivery that hold rows."""

_HOLDS_SEVERAL = re.compile(rb'^\s*\[|"statuses"\s*:')
"""A list, or a search response; within a text the quotes are escaped."""

_STREAM_NOTICES = frozenset({
    "delete", "limit", "warning", "disconnect", "friends", "scrub_geo", "status_withheld", "user_withheld",
})  # fmt: skip


@dataclass(frozen=True)
class _Status:
    """One status, whichever of the two shapes it came in.

    Nulls: of a retweeted or quoted status the row may know no more than the id.
    """

    status_id: str
    author: Account | None = None
    posted_at: datetime | None = None
    text: str | None = None
    hashtags: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    reply_status_id: str | None = None
    reply_user_id: str | None = None
    retweeted: "_Status | None" = None
    quoted: "_Status | None" = None

    @property
    def author_id(self) -> str | None:
        return self.author.account_id if self.author else None


@ends_marked
def read_rows(path: Path, file_name: str) -> Iterator[SourceRow]:
    """Stream the statuses of one file; each status of a response is a row.

    Raises:
        Truncated: the gzip stream or an array ends in the middle.
        BadInput: several statuses are one document that is too long to be read.
    """
    numbers = count(1)
    for document in read_documents(path):
        for status in _statuses(document, file_name):
            yield row_or_refusal(next(numbers), _status_row, status)


def _statuses(document: bytes, file_name: str) -> list[Any]:
    """The statuses of a document; a refusal stands in for a document without any."""
    try:
        value = parsed(document)
    except RefusedError as refusal:
        if refusal.reason == "field_too_large" and _HOLDS_SEVERAL.search(document):
            raise BadInput(f"{file_name}: several statuses in one document, and {refusal.detail}; expected one a line, "
                           "or one array. Deliver it so.") from refusal
        return [refusal]
    if isinstance(value, dict) and isinstance(value.get("statuses"), list):
        return value["statuses"]
    if isinstance(value, list):
        return value
    if len(document) > MAX_FIELD_BYTES:
        return [RefusedError("field_too_large", f"one status of {len(document):,} bytes")]
    return [value]


def _status_row(number: int, source: Any) -> SourceRow:
    if isinstance(source, RefusedError):
        raise source
    if not isinstance(source, dict):
        raise RefusedError("wrong_shape", f"expected a status object, got {type(source).__name__}")
    if len(source) == 1 and not _STREAM_NOTICES.isdisjoint(source):
        return SourceRow(number=number, out_of_scope="stream_notice")
    try:
        status = _flattened(source) if "status_id" in source else _native(source)
    except (AttributeError, KeyError, TypeError) as error:
        raise RefusedError("wrong_shape", f"a field of the status is of another type: {error}"[:80]) from error
    return kept(number, f"status:{status.status_id}", status.posted_at, *_records(status))


def _native(source: dict[str, Any]) -> _Status:
    body = source.get("extended_tweet") or source
    entities, quoted_id = body.get("entities") or {}, exact_id(source.get("quoted_status_id_str"))
    return _Status(
        status_id=required_id("id_str", _native_id(source)),
        author=_native_account(source.get("user") or {}),
        posted_at=_time("created_at", source.get("created_at")),
        text=_text(body.get("full_text") or body.get("text")),
        hashtags=_folded(tag["text"] for tag in entities.get("hashtags") or ()),
        mentioned=tuple(user for user in map(_native_id, entities.get("user_mentions") or ()) if user),
        reply_status_id=exact_id(source.get("in_reply_to_status_id_str") or source.get("in_reply_to_status_id")),
        reply_user_id=exact_id(source.get("in_reply_to_user_id_str") or source.get("in_reply_to_user_id")),
        retweeted=_native_other(source.get("retweeted_status")),
        quoted=_native_other(source.get("quoted_status")) or (_Status(quoted_id) if quoted_id else None),
    )


def _native_other(source: dict[str, Any] | None) -> _Status | None:
    return _native({**source, "retweeted_status": None, "quoted_status": None}) if source else None


def _native_account(source: dict[str, Any]) -> Account:
    return Account(
        account_id=required_id("user.id_str", _native_id(source)),
        account_name=source.get("screen_name"),
        account_created_at=_optional_time("user.created_at", source.get("created_at")),
    )


def _native_id(source: dict[str, Any]) -> str | None:
    return exact_id(source.get("id_str") or source.get("id"))


def _flattened(source: dict[str, Any]) -> _Status:
    hashtags = _folded(_listed(source.get("hashtags")))
    return _Status(
        status_id=required_id("status_id", source["status_id"]),
        author=Account(
            account_id=required_id("user_id", source.get("user_id")),
            account_name=source.get("screen_name"),
            account_created_at=_optional_time("account_created_at", source.get("account_created_at")),
        ),
        posted_at=_time("created_at", source.get("created_at")),
        text=_text(source.get("text")),
        hashtags=hashtags,
        mentioned=tuple(user for user in map(exact_id, _listed(source.get("mentions_user_id"))) if user),
        reply_status_id=exact_id(source.get("reply_to_status_id")),
        reply_user_id=exact_id(source.get("reply_to_user_id")),
        retweeted=_flattened_other(source, "retweet", hashtags),
        quoted=_flattened_other(source, "quoted", ()),
    )


def _flattened_other(source: dict[str, Any], prefix: str, hashtags: tuple[str, ...]) -> _Status | None:
    """The other status of a row; older tables name no author."""
    status_id, user_id = exact_id(source.get(f"{prefix}_status_id")), exact_id(source.get(f"{prefix}_user_id"))
    if not status_id:
        return None
    return _Status(
        status_id=status_id,
        author=Account(user_id, account_name=source.get(f"{prefix}_screen_name")) if user_id else None,
        posted_at=_optional_time(f"{prefix}_created_at", source.get(f"{prefix}_created_at")),
        text=_text(source.get(f"{prefix}_text")),
        hashtags=hashtags,
    )


def _text(escaped: str | None) -> str | None:
    return html.unescape(escaped) if escaped else None


def _listed(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else [one for one in value or () if one]


def _folded(hashtags: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.casefold() for tag in hashtags))


def _optional_time(name: str, value: str | None) -> datetime | None:
    return _time(name, value) if value else None


def _time(name: str, value: str | None) -> datetime:
    return utc_time(name, value, _parsed_time)


def _parsed_time(text: str) -> datetime:
    if text[:1].isdigit():
        return datetime.fromisoformat(text)
    return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")


def _records(status: _Status) -> Iterator[Record]:
    yield status.author
    yield from _reshared(status, status.retweeted) if status.retweeted else _written(status)


def _reshared(status: _Status, original: _Status) -> Iterator[Record]:
    """A retweet is no post; its original is one, even where only retweets of it were delivered."""
    yield from [original.author] if original.author else []
    yield _reaction(status, "reshare", original.author_id, original.status_id)
    if original.posted_at and original.posted_at.date() == status.posted_at.date():
        yield _post(original)


def _written(status: _Status) -> Iterator[Record]:
    yield _post(status)
    if status.reply_status_id or status.reply_user_id:
        yield _reaction(status, "reply", status.reply_user_id, status.reply_status_id)
    if quoted := status.quoted:
        yield from [quoted.author] if quoted.author else []
        yield _reaction(status, "quote", quoted.author_id, quoted.status_id)
    answered = {status.reply_user_id, quoted and quoted.author_id}
    for user_id in dict.fromkeys(user for user in status.mentioned if user not in answered):
        yield _reaction(status, "mention", user_id, status.status_id, f":{user_id}")


def _post(status: _Status) -> Post:
    return Post(
        post_id=status.status_id,
        author_account_id=status.author_id,
        posted_at=status.posted_at,
        post_text=status.text,
        native_labels=status.hashtags,
        parent_post_id=status.reply_status_id,
    )


def _reaction(status: _Status, kind: str, author: str | None, post: str | None, suffix: str = "") -> Interaction:
    return Interaction(
        interaction_id=f"{kind}:{status.status_id}{suffix}",
        kind=kind,
        engager_account_id=status.author_id,
        author_account_id=author,
        post_id=post,
        interacted_at=status.posted_at,
        source_post_id=status.status_id,
    )
