"""What every connector refuses in a row, and how a refused row differs from a kept one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

from jobs.ingest.contract import Record, SourceRow, Truncated

MAX_FIELD_BYTES = 1_000_000
"""Longest text that a field may hold; the networks themselves stop at 100 kB or less."""

MAX_TIME_CHARACTERS = 100
"""More is no time, whatever follows it; parsers of mail dates are slow on long text."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Older than any network read here; an earlier time is a clock that was never set."""

LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Later times are mistyped years; the future itself is not refused, because no clock is read here."""

REASONS = frozenset({
    "truncated_gzip", "broken_xml", "entity_refused", "invalid_json", "wrong_shape",
    "invalid_utf8", "nul_byte", "field_too_large", "missing_id", "impossible_date",
})  # fmt: skip
"""Why a row may be refused; the codes of ops__quarantine."""

_TEXT_FIELDS = ("_id", "_name", "_text")


class RefusedError(Exception):
    """One row cannot be kept; the detail says what was expected and holds no text of a person."""

    def __init__(self, reason: str, detail: str):
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class CutShortError(RefusedError):
    """The stream ends in the middle; nothing after this row can be read."""


RowReader = Callable[[Path, str], Iterator[SourceRow]]


def ends_marked(read_rows: RowReader) -> RowReader:
    """Make a stream that is cut short end with one rejected row, then Truncated."""

    @wraps(read_rows)
    def marked(path: Path, file_name: str) -> Iterator[SourceRow]:
        number = 0
        try:
            for row in read_rows(path, file_name):
                number = row.number
                yield row
        except CutShortError as cut:
            yield SourceRow(number=number + 1, rejected=cut.reason, detail=cut.detail)
            raise Truncated(f"{file_name}: {cut.detail}") from cut

    return marked


def row_or_refusal(number: int, make_row: Callable[[int, Any], SourceRow], source: Any) -> SourceRow:
    """The row made from its source, or the rejected row that says why there is none."""
    try:
        return make_row(number, source)
    except RefusedError as refusal:
        return SourceRow(number=number, rejected=refusal.reason, detail=refusal.detail)


def kept(number: int, row_key: str, event_at: datetime | None, *records: Record) -> SourceRow:
    """A row to keep, once every text of its records can be stored."""
    for record in records:
        for name, value in vars(record).items():
            if name.endswith(_TEXT_FIELDS) and value is not None:
                check_text(name, value)
        for label in getattr(record, "native_labels", ()):
            check_text("native_labels", label)
    return SourceRow(number=number, row_key=row_key, event_at=event_at, records=records)


def check_text(name: str, text: str) -> None:
    """Refuse what is no text, is too long, holds a NUL, or half of a surrogate pair."""
    if not isinstance(text, str):
        raise RefusedError("wrong_shape", f"expected text in {name}, got {type(text).__name__}")
    if len(text) > MAX_FIELD_BYTES:
        raise RefusedError("field_too_large", f"{name} has {len(text):,} characters, at most {MAX_FIELD_BYTES:,}")
    if "\0" in text:
        raise RefusedError("nul_byte", f"{name} holds a NUL at character {text.index(chr(0))}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        detail = f"{name} holds half a surrogate pair at character {error.start}"
        raise RefusedError("invalid_utf8", detail) from error


def decoded(raw: bytes, most: int, errors: str = "strict") -> str:
    """The text of a source row of at most so many bytes; errors names how Python's codecs treat what is no UTF-8."""
    if len(raw) > most:
        raise RefusedError("field_too_large", f"the row is longer than {most:,} bytes")
    if b"\0" in raw:
        raise RefusedError("nul_byte", f"NUL at byte {raw.index(0)} of the row")
    try:
        return raw.decode(errors=errors)
    except UnicodeDecodeError as error:
        raise RefusedError("invalid_utf8", f"byte {error.start} of the row is no UTF-8") from error


def required_id(name: str, value: Any) -> str:
    """An id as text; an empty, absent or inexact one is refused."""
    found = exact_id(value)
    if not found:
        raise RefusedError("missing_id", f"{name} is {'absent' if value is None else 'empty or no exact id'}")
    return found


def exact_id(value: Any) -> str | None:
    """An id as text, None when there is none; a float has lost digits already and is none."""
    is_exact = isinstance(value, str | int) and not isinstance(value, bool)
    return (str(value).strip() or None) if is_exact else None


def utc_time(name: str, value: str | None, parse: Callable[[str], datetime]) -> datetime:
    """A time in UTC; one without a zone is UTC already."""
    try:
        moment = parse((value or "")[:MAX_TIME_CHARACTERS])
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError) as error:
        raise RefusedError("impossible_date", f"{name} is no time: {str(value)[:40]!r}") from error
    if not EARLIEST <= moment < LATEST:
        expected = f"{EARLIEST.year} to {LATEST.year - 1}"
        raise RefusedError("impossible_date", f"{name} is {moment.date()}, expected {expected}")
    return moment
