"""What a check found about one subject; a check that could not be made does not hold."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

UNREADABLE_STEP = "Put the file or the catalog back from a backup, then verify again."


@dataclass(frozen=True)
class Checked:
    """One check of one subject; next_step is None where it holds."""

    check: str
    subject: str
    holds: bool
    expected: str
    found: str
    next_step: str | None


def checked(check: str, subject: object, holds: bool, expected: object, found: object, next_step: str) -> Checked:
    """The outcome of a check, as text that a person can read."""
    return Checked(check, str(subject), holds, str(expected), str(found), None if holds else next_step)


def compared(check: str, subject: object, expected: object, found: object, next_step: str) -> Checked:
    """The outcome of a check that two things are equal."""
    return checked(check, subject, expected == found, expected, found, next_step)


def guarded(check: str, subject: object, rows: Callable[..., Iterable[Checked]], *given: object) -> Iterator[Checked]:
    """Pass outcomes on; whatever damage raises becomes one that does not hold, and other subjects go on."""
    try:
        yield from rows(*given)
    except Exception as error:  # a flipped byte may raise anything in four libraries: all of it is a finding
        reason = " ".join(str(error).split())[:300]
        yield checked(check, subject, False, "can be read", f"{type(error).__name__}: {reason}", UNREADABLE_STEP)
