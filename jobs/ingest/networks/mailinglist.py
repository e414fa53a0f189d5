"""Mailing lists: pipermail archives, mbox text, one file for each list and month or quarter.

Day:     the Date header, turned to UTC; the separator's own time is the server's local time.
Account: a hash of the folded address, so that both scramblings of an address are one sender; addresses are
         never stored, neither as an id nor within the text.
Topic:   the list, which is the name of the file's folder.
Letters: UTF-8; a byte that is none is read as Windows-1252, which holds all of ISO-8859-1 that is written.
"""

import codecs
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath

from jobs.errors import BadInput
from jobs.ingest.archives import read_lines
from jobs.ingest.contract import Account, Interaction, Post, SourceRow
from jobs.ingest.refusals import (
    MAX_FIELD_BYTES,
    decoded,
    ends_marked,
    kept,
    required_id,
    row_or_refusal,
    utc_time,
)

MEMBERS = (".txt", ".txt.gz")
"""Files of a delivery that hold rows."""

SEPARATOR = re.compile(rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}\s*")
"""A body line may start with "From " too; a separator ends with a full date."""

_REFERENCE = re.compile(r"<([^<>\s]+)>")
_DATE_IN_NAME = re.compile(r"[-_.]?\d{4}(?:q\d|-[a-z]+|-\d\d(?:-\d\d)?)?$")
ADDRESS = re.compile(r"[^\s@]{1,64} ?@ ?\S+(?: (?:\|rom|oii) \S+)?|\S{1,64} at \S+\.\w+")
"""An address as written, with " at ", and in both scramblings of the archive; 64 is the longest local part."""

WESTERN = "windows-1252 where it is no UTF-8"
"""Mailman 2 writes an archive in the character set of its list; of German, French or Spanish ones that is no UTF-8."""


def _western(broken: UnicodeDecodeError) -> tuple[str, int]:
    """Byte by byte, so that a message of two character sets keeps what is UTF-8; five bytes are no letter at all."""
    return broken.object[broken.start : broken.end].decode("cp1252", errors="replace"), broken.end


codecs.register_error(WESTERN, _western)

MAX_HEADER_CHARACTERS = 2_000
"""Only so much of a name or subject is decoded; the decoder of RFC 2047 words is slow on crafted text."""

_REPLY_MARKS = r"(?:\s*(?:re|fwd?|aw|wg|sv|antw|rv)\s*(?:\[\d+\])?\s*:)*"
_SUBJECT_PREFIX = re.compile(rf"{_REPLY_MARKS}\s*(?:\[[^\]]{{1,40}}\])?{_REPLY_MARKS}\s*", re.IGNORECASE)
_ATTRIBUTION = re.compile(r"^On [^\n]{5,200}(?:\n[^\n]{0,200})?wrote:[ \t]*$", re.MULTILINE)
_QUOTED = (">", "|", "[[alternative HTML version")
_TEXT_ENDS = ("-- ", "_______________", "-------------- next part", "-----Original Message")
"""Lines after which nothing is the sender's own words: signature, list footer, attachment, full quote."""


@ends_marked
def read_rows(path: Path, file_name: str) -> Iterator[SourceRow]:
    """Stream the messages of one archive file.

    Raises:
        Truncated: the gzip stream ends in the middle.
        BadInput: the text does not begin with an mbox separator.
    """
    labels = tuple(name for name in [list_name(file_name)] if name)
    for number, message in enumerate(_messages(read_lines(path), file_name), start=1):
        yield row_or_refusal(number, lambda at, raw: _message_row(at, raw, labels), message)


def list_name(file_name: str) -> str:
    """The list of a file: its folder, else its name without the date; empty where there is only a date."""
    path = PurePosixPath(file_name.lower())
    stem = path.name.removesuffix(".gz").removesuffix(".txt")
    return _DATE_IN_NAME.sub("", path.parent.name) or _DATE_IN_NAME.sub("", stem)


def _messages(lines: Iterable[bytes], file_name: str) -> Iterator[bytes]:
    """Cut the lines at the separators; of a message that is too long, only so much that its reader can see it."""
    message: list[bytes] | None = None
    size = 0
    for line in lines:
        if SEPARATOR.fullmatch(line):
            if message is not None:
                yield b"\n".join(message)
            message, size = [], 0
        elif message is not None:
            if size <= MAX_FIELD_BYTES:
                message.append(line)
            size += len(line) + 1
        elif line.strip():
            raise BadInput(
                f"{file_name}: expected a separator (From sender  Mon Jan  1 00:00:00 2030) as the first line, "
                f"got another. Check that it is a pipermail archive."
            )
    if message is not None:
        yield b"\n".join(message)


def _message_row(number: int, raw: bytes, labels: tuple[str, ...]) -> SourceRow:
    header_text, _, body = decoded(raw, MAX_FIELD_BYTES, WESTERN).partition("\n\n")
    headers = headers_of(header_text)
    message_id = _message_id(headers)
    sender = sender_of(headers.get("from", ""))
    post = Post(
        post_id=message_id,
        author_account_id=sender.account_id if sender else None,
        posted_at=utc_time("Date", headers.get("date"), parsedate_to_datetime),
        post_text=f"{_subject(headers)}\n{own_words(body)}".strip(),
        native_labels=labels,
        parent_post_id=_parent(headers),
    )
    records = [record for record in (sender, post, _reply(post)) if record]
    return kept(number, f"message:{message_id}", post.posted_at, *records)


def headers_of(text: str) -> dict[str, str]:
    """First value of each header by its lower-case name, folded lines joined."""
    unfolded = re.sub(r"\n[ \t]+", " ", text)
    headers: dict[str, str] = {}
    for line in unfolded.split("\n"):
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return headers


def _message_id(headers: dict[str, str]) -> str:
    """The id without brackets; one real archive writes them HTML escaped."""
    return required_id("Message-ID", html.unescape(headers.get("message-id", "")).strip("<> \t"))


def _parent(headers: dict[str, str]) -> str | None:
    answered = _REFERENCE.findall(html.unescape(headers.get("in-reply-to", "")))
    references = _REFERENCE.findall(html.unescape(headers.get("references", "")))
    return (answered[:1] or references[-1:] or [None])[0]


def _reply(post: Post) -> Interaction | None:
    if not post.parent_post_id:
        return None
    return Interaction(
        interaction_id=f"reply:{post.post_id}",
        kind="reply",
        engager_account_id=post.author_account_id,
        author_account_id=None,
        post_id=post.parent_post_id,
        interacted_at=post.posted_at,
        source_post_id=post.post_id,
    )


def sender_of(from_header: str) -> Account | None:
    """The account of a From header or of an address as written; None for an empty one."""
    words = from_header.split("(")[0].strip().split(" ")
    if not words[0]:
        return None
    folded = f"{_folded(words[0])} {_folded(words[-1])}"
    return Account(hashlib.sha256(folded.encode()).hexdigest()[:16], account_name=_display_name(from_header))


def _folded(part: str) -> str:
    """Local part or host with the letters made equal that either scrambling replaces."""
    return re.sub("[ans.@]", "@", re.sub("[ilf|]", "|", part.lower()))


def _display_name(from_header: str) -> str | None:
    """The name in brackets; None if there is none, or if it is only the address again."""
    _, _, name = from_header.removesuffix(")").partition("(")
    name = _plain(name)
    return None if not name or ADDRESS.search(name) else name


def _plain(encoded: str) -> str:
    """A header value with RFC 2047 words decoded; as written where their character set is unknown."""
    try:
        text = str(make_header(decode_header(encoded[:MAX_HEADER_CHARACTERS])))
    except (MessageError, LookupError, UnicodeError, ValueError):
        text = encoded[:MAX_HEADER_CHARACTERS]
    return " ".join(text.split())


def _subject(headers: dict[str, str]) -> str:
    subject = _plain(headers.get("subject", ""))
    return _without_addresses(subject[_SUBJECT_PREFIX.match(subject).end() :])


def own_words(body: str) -> str:
    """The body without quoted lines, attributions, signature, footer and addresses."""
    kept_lines = []
    for line in _ATTRIBUTION.sub("", body).split("\n"):
        if line == "--" or line.startswith(_TEXT_ENDS):
            break
        if not line.lstrip().startswith(_QUOTED):
            kept_lines.append(_without_addresses(line).rstrip())
    return re.sub(r"\n{2,}", "\n", "\n".join(kept_lines)).strip()


def _without_addresses(line: str) -> str:
    return ADDRESS.sub("", line) if "@" in line or " at " in line else line
