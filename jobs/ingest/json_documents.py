"""Read JSON documents from a delivered file: one a line, or one printed over all the lines of the file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobs.ingest.archives import MAX_LINE_BYTES, read_lines
from jobs.ingest.refusals import RefusedError, decoded


def read_documents(path: Path) -> Iterator[bytes]:
    """Yield the documents of a plain or .gz file, unparsed; one that is too long comes cut, as a line would.

    Raises:
        CutShortError: a gzip stream ends or breaks in the middle.
        BadInput: a .gz file is no gzip at all, or unpacks to far more than it may.
    """
    lines = (line for line in read_lines(path) if line.strip())
    first = next(lines, b"")
    if first.strip() in (b"{", b"["):
        yield _joined(first, lines)
    elif first:
        yield first
        yield from lines


def _joined(first: bytes, lines: Iterator[bytes]) -> bytes:
    document = bytearray(first)
    for line in lines:
        if len(document) <= MAX_LINE_BYTES:
            document += b"\n" + line
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
