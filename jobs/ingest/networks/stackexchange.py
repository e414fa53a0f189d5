"""Stack Exchange: the data dump of one site, a .7z of XML files or the plain files, one <row/> a line.

Day:     CreationDate, UTC; votes carry the day only; profiles have no day of their own.
Hidden:  the voter, except of favourites; authors and commenters of deleted accounts.
Unused:  Score, Reputation and the other totals, which are those of the day of the dump.
Source:  https://meta.stackexchange.com/questions/2677 (fields).
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from lxml import etree

from jobs.errors import BadInput
from jobs.ingest.archives import MAX_LINE_BYTES, list_members, read_lines, unpacked_member
from jobs.ingest.contract import Account, Interaction, Post, SourceRow
from jobs.ingest.refusals import (
    CutShortError,
    RefusedError,
    check_text,
    decoded,
    ends_marked,
    kept,
    required_id,
    row_or_refusal,
    utc_time,
)

MEMBERS = (".7z", ".xml", ".xml.gz")
"""Files of a delivery that hold rows."""

COMMUNITY = "-1"
"""The account under which the site's own programs write; never an author or engager."""

_VOTE_KINDS = {"1": "endorsement", "2": "vote", "5": "like"}
"""Acceptance, up-vote, favourite; down-votes, bounties, closing and other votes are no reactions to count."""

_BLOCKS = ("p", "pre", "li", "br", "h1", "h2", "h3", "blockquote", "tr", "td", "hr")
_TAG = re.compile(r"[^<>|]+")
_ROOT = re.compile(rb"(?:<\?xml[^>]*\?>\s*)?(?:<(?P<closed>/)?(?P<name>\w+)\s*(?P<empty>/)?>)?")
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)|^\s*\]")


@ends_marked
def read_rows(path: Path, file_name: str) -> Iterator[SourceRow]:
    """Stream the rows of an archive or of one of its files; row numbers run on from member to member.

    Raises:
        Truncated: a file ends before its root element is closed.
        BadInput: not a Stack Exchange file, or an archive that is damaged or unsafe.
    """
    numbers = count(1)
    if path.suffix == ".7z":
        for member, size in _readable_members(path).items():
            with unpacked_member(path, member, size) as unpacked:
                yield from _file_rows(unpacked, member, numbers)
    else:
        yield from _file_rows(path, file_name, numbers)


def _readable_members(archive: Path) -> dict[str, int]:
    """The members with a reader; the others, PostHistory above all, are not worth unpacking."""
    sizes = {name: size for name, size in list_members(archive).items() if _table(name) in _READERS}
    if not sizes:
        known = ", ".join(f"{name}.xml" for name in _READERS)
        raise BadInput(f"{archive.name}: expected one of {known}, found none. Check that it is a site's dump.")
    return sizes


def _table(file_name: str) -> str:
    return PurePosixPath(file_name).name.split(".")[0].lower()


def _file_rows(path: Path, file_name: str, numbers: Iterator[int]) -> Iterator[SourceRow]:
    table, is_closed = _table(file_name), False
    read = _READERS.get(table, _out_of_scope(table))
    for line in read_lines(path):
        if line.lstrip().startswith(b"<row"):
            yield row_or_refusal(next(numbers), lambda number, raw: read(number, _attributes(raw)), line)
        elif root := _ROOT.fullmatch(line.strip()):
            _check_root(root["name"], table, file_name)
            is_closed = is_closed or bool(root["closed"] or root["empty"])
        else:
            yield row_or_refusal(next(numbers), _refuse_line, line)
    if not is_closed:
        raise CutShortError("broken_xml", f"the file ends before </{table}>")


def _check_root(found: bytes | None, table: str, file_name: str) -> None:
    if found and found.decode().lower() != table:
        raise BadInput(
            f"{file_name}: expected the root element <{table}>, got <{found.decode()}>. Check the file's name."
        )


def _refuse_line(number: int, line: bytes) -> SourceRow:
    decoded(line, MAX_LINE_BYTES)
    if _DECLARES.search(line):
        raise RefusedError("entity_refused", "document types and entities are not read")
    raise RefusedError("broken_xml", "expected one <row/> or the root element on a line")


def _attributes(line: bytes) -> dict[str, str]:
    """The attributes of one row; a parser for each line, so that nothing declared in one reaches another."""
    elements: list[dict[str, str]] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda _, attributes: elements.append(attributes)
    try:
        parser.Parse(decoded(line, MAX_LINE_BYTES), True)
    except expat.ExpatError as error:
        is_entity = error.code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
        raise RefusedError("entity_refused" if is_entity else "broken_xml", str(error)) from error
    if len(elements) > 1:
        raise RefusedError("broken_xml", f"expected one element on the line, got {len(elements):,}")
    for name, value in elements[0].items():
        check_text(name, value)
    return elements[0]


def _out_of_scope(word: str) -> Callable[[int, dict[str, str]], SourceRow]:
    return lambda number, row: SourceRow(number=number, out_of_scope=word)


def _post_row(number: int, row: dict[str, str]) -> SourceRow:
    post_id = required_id("Id", row.get("Id"))
    make_records = _RECORDS_BY_POST_TYPE.get(required_id("PostTypeId", row.get("PostTypeId")))
    if not make_records:
        return SourceRow(number=number, out_of_scope="other_post_type")
    posted_at = _time(row)
    records = make_records(post_id, row, posted_at)
    return kept(number, f"post:{post_id}", posted_at, *records)


def _question(post_id: str, row: dict[str, str], posted_at: datetime) -> tuple[Post]:
    question = Post(
        post_id=post_id,
        author_account_id=_account_id(row.get("OwnerUserId")),
        posted_at=posted_at,
        post_text=f"{row.get('Title', '')}\n{plain_text(row.get('Body', ''))}".strip(),
        native_labels=tuple(_TAG.findall(row.get("Tags", ""))),
    )
    return (question,)


def _answer(post_id: str, row: dict[str, str], posted_at: datetime) -> tuple[Post, Interaction]:
    question_id = required_id("ParentId", row.get("ParentId"))
    answerer = _account_id(row.get("OwnerUserId"))
    post = Post(
        post_id=post_id,
        author_account_id=answerer,
        posted_at=posted_at,
        post_text=plain_text(row.get("Body", "")),
        parent_post_id=question_id,
        topic_source_post_id=question_id,
    )
    return post, _reaction(f"answer:{post_id}", "reply", answerer, question_id, posted_at, post_id)


_RECORDS_BY_POST_TYPE = {"1": _question, "2": _answer}


def _comment_row(number: int, row: dict[str, str]) -> SourceRow:
    key = f"comment:{required_id('Id', row.get('Id'))}"
    post_id, written_at = required_id("PostId", row.get("PostId")), _time(row)
    comment = _reaction(key, "reply", _account_id(row.get("UserId")), post_id, written_at)
    return kept(number, key, written_at, comment)


def _vote_row(number: int, row: dict[str, str]) -> SourceRow:
    key = f"vote:{required_id('Id', row.get('Id'))}"
    kind = _VOTE_KINDS.get(required_id("VoteTypeId", row.get("VoteTypeId")))
    if not kind:
        return SourceRow(number=number, out_of_scope="other_vote_type")
    post_id, voted_at = required_id("PostId", row.get("PostId")), _time(row)
    engager = _account_id(row.get("UserId")) if kind == "like" else None
    return kept(number, key, voted_at, _reaction(key, kind, engager, post_id, voted_at))


def _reaction(
    key: str, kind: str, engager: str | None, post_id: str, at: datetime, source_post_id: str | None = None
) -> Interaction:
    """A reaction to a post; its author is known from the post, not from this row."""
    return Interaction(
        interaction_id=key,
        kind=kind,
        engager_account_id=engager,
        author_account_id=None,
        post_id=post_id,
        interacted_at=at,
        source_post_id=source_post_id,
    )


def _user_row(number: int, row: dict[str, str]) -> SourceRow:
    user_id = required_id("Id", row.get("Id"))
    if user_id == COMMUNITY:
        return SourceRow(number=number, out_of_scope="program")
    user = Account(user_id, account_name=row.get("DisplayName"), account_created_at=_time(row))
    return kept(number, f"user:{user_id}", None, user)


def _account_id(value: str | None) -> str | None:
    return None if value in (None, "", COMMUNITY) else value


def _time(row: dict[str, str]) -> datetime:
    return utc_time("CreationDate", row.get("CreationDate"), datetime.fromisoformat)


def plain_text(html: str) -> str:
    """The text of an HTML fragment, its blocks on lines of their own."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root = etree.fromstring(html.encode(), parser)
    if root is None:
        return ""
    for block in root.iter(*_BLOCKS):
        block.tail = f"\n{block.tail or ''}"
    lines = (" ".join(line.split()) for line in "".join(root.itertext()).splitlines())
    return "\n".join(line for line in lines if line)


_READERS = {
    "posts": _post_row,
    "comments": _comment_row,
    "votes": _vote_row,
    "users": _user_row,
    "tags": _out_of_scope("tags"),
}
