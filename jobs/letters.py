"""How a text is written in bytes: in UTF-8, in Windows-1252 with ISO-8859-1 in it, or escaped as in JSON."""

import json
import re
from collections.abc import Iterator

CONTINUING = b"[\x80-\xbf]"
"""A byte of UTF-8 within a letter of several bytes."""

MOST_CONTINUING = 3
"""So many bytes after a byte say whether it begins a letter of UTF-8, or is one of Windows-1252."""


def exactly(text: str) -> bytes:
    """A regular expression for the text, however it is written."""
    return b"".join(_one_of({letter}) for letter in text)


def in_either_case(text: str) -> bytes:
    """A regular expression for the text in small or large letters, however it is written."""
    cases = ({letter} if letter.isascii() else {letter, letter.lower(), letter.upper()} for letter in text)
    return b"(?i:" + b"".join(map(_one_of, cases)) + b")"


def most_bytes(text: str) -> int:
    """Bytes of the longest way to write the text; never fewer."""
    return len(json.dumps(text))


def _one_of(letters: set[str]) -> bytes:
    ways = sorted({way for letter in letters if len(letter) == 1 for way in _ways(letter)})
    return ways[0] if len(ways) == 1 else b"(?:" + b"|".join(ways) + b")"


def _ways(letter: str) -> Iterator[bytes]:
    yield re.escape(letter.encode())
    if not letter.isascii():
        yield b"(?i:" + re.escape(json.dumps(letter)[1:-1].encode()) + b")"
        yield from _in_windows_1252(letter)


def _in_windows_1252(letter: str) -> Iterator[bytes]:
    """The one byte of a letter that has one there, where it does not begin a letter of UTF-8."""
    for byte in letter.encode("cp1252", errors="ignore"):
        continuing = sum(byte >= least for least in (0xC2, 0xE0, 0xF0)) * (byte < 0xF5)
        guard = b"(?!" + CONTINUING * continuing + b")" if continuing else b""
        yield re.escape(bytes([byte])) + guard
