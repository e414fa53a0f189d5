"""Read JSON documents from a delivered file: one a line, one printed over all lines, or the elements of an array."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from jobs.errors import BadInput
from jobs.ingest.archives import MAX_LINE_BYTES, read_blocks, read_lines
from jobs.ingest.refusals import CutShortError, RefusedError, decoded

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_AMONG_ELEMENTS = re.compile(rb'(?:[^"\[\]{},]++|' + _STRING + rb")*+", re.DOTALL)
_WITHIN_AN_ELEMENT = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+", re.DOTALL)
"""What no bracket, no comma between elements and no string without its end is in."""

MAX_DEPTH = 1_000
"""Deeper, no element could be parsed."""

_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def read_documents(path: Path) -> Iterator[bytes]:
    """Yield the documents of a plain or .gz file, unparsed; a line that is too long comes cut.

    Raises:
        CutShortError: a gzip stream ends or breaks in the middle, or an array ends before its bracket.
        BadInput: a .gz file is no gzip at all, or unpacks to far more than it may; a document over several lines, or an
            element of an array, is too long to be read.
    """
    if is_array(path):
        yield from array_elements(path)
        return
    lines = (line for line in read_lines(path) if line.strip())
    first = next(lines, b"")
    if first.strip() == b"{":
        yield _joined(first, lines, path.name)
    elif first:
        yield first
        yield from lines


def is_array(path: Path) -> bool:
    """Whether a file is one array over several lines, or in one that is too long; a short one is a document."""
    first = b""
    with suppress(CutShortError):
        first = next((line.strip() for line in read_lines(path) if line.strip()), b"")
    if not first.startswith(b"["):
        return False
    found = _Elements()
    for _ in found.fed(first):
        pass
    return not (found.is_closed or found.is_too_deep)


def array_elements(path: Path) -> Iterator[bytes]:
    """Yield the elements of the array that a file is, unparsed, in constant memory; raises as read_documents."""
    found = _Elements()
    for block in read_blocks(path):
        yield from found.fed(block)
        if len(found.rest) > MAX_LINE_BYTES or found.is_too_deep:
            raise BadInput(f"{path.name}: expected an array whose elements have at most {MAX_LINE_BYTES:,} bytes and "
                           f"{MAX_DEPTH:,} levels, got another; the rest was not read. Deliver one document a line.")
    if not found.is_closed:
        raise CutShortError("invalid_json", "the file ends before the ] of its array")
    if found.rest.strip():
        raise BadInput(f"{path.name}: expected one array, got {len(found.rest):,} more bytes behind its ]. Deliver it "
                       "as one array, or one document a line.")


class _Elements:
    """The elements of an array, cut at the commas between them as its bytes come in; what they hold is not judged.

    rest: bytes of the element that has begun; of what follows the array, once it is closed.
    """

    def __init__(self):
        self.rest, self._at, self._depth = b"", 0, 0
        self.is_closed = self.is_too_deep = False

    def fed(self, block: bytes) -> Iterator[bytes]:
        """Take more bytes, and give the elements that are whole now."""
        self.rest += block
        start = 0
        while not (self.is_closed or self.is_too_deep) and self._skip():
            before, self._depth = self._depth, self._depth + _STEPS.get(self.rest[self._at], 0)
            self.is_closed, self.is_too_deep = self._depth == 0, self._depth > MAX_DEPTH
            is_comma = before == self._depth == 1
            if (is_comma or self.is_closed) and (element := self.rest[start : self._at].strip()):
                yield element
            self._at += 1
            if is_comma or before == 0 or self.is_closed:
                start = self._at
        self.rest, self._at = self.rest[start:], self._at - start

    def _skip(self) -> bool:
        """Go on to the next bracket or comma; whether there is one, and not a string that has no end yet."""
        skipped = (_AMONG_ELEMENTS if self._depth <= 1 else _WITHIN_AN_ELEMENT).match(self.rest, self._at)
        self._at = skipped.end()
        return self._at < len(self.rest) and self.rest[self._at] != ord('"')


def _joined(first: bytes, lines: Iterator[bytes], name: str) -> bytes:
    document = bytearray(first)
    for line in lines:
        document += b"\n" + line
        if len(document) > MAX_LINE_BYTES:
            raise BadInput(f"{name}: expected a document of at most {MAX_LINE_BYTES:,} bytes over its lines, got a "
                           "longer one. Deliver one document a line.")
    return bytes(document)


def parsed(document: bytes) -> Any:
    """The value of a document.

    Raises:
        RefusedError: invalid_json, invalid_utf8, nul_byte or field_too_large.
    """
    try:
        return json.loads(decoded(document, MAX_LINE_BYTES))
    except RecursionError as error:
        raise RefusedError("invalid_json", "the document is nested too deeply") from error
    except ValueError as error:
        place = getattr(error, "pos", 0)
        raise RefusedError("invalid_json", f"no JSON at character {place:,} of {len(document):,} bytes") from error
